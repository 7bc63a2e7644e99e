"""Media, notices, and which segments have to exist."""

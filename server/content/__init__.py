"""Media, notices and segments."""

"""The media library: finding, tagging, describing, trashing and purging media."""

"""Commands that need no server, database or data folder: documents that people sign, and checks of files."""

"""The server: accounts, content, schedule, publishing and faults behind one HTTP API."""

VERSION = "0.1.0"
"""The distribution's version; a test compares it with pyproject.toml."""

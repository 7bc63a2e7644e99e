"""The server: accounts, content, schedule, publishing and faults behind one HTTP API."""

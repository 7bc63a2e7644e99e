"""The agent's decisions: events in, commands out; no I/O, no clock."""

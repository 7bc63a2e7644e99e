"""The audit log: who did what, in a chain of hashes."""

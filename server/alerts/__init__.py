"""Alerts from outside (CAP 1.2): what comes in by which way, what the rules say of it, and what a person decides."""

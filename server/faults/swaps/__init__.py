"""Swaps: another kiosk or LED controller for a panel, step by step, until the panel itself says that it is right."""

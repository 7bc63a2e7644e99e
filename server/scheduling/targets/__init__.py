"""Targets: which panels an entry or an override is meant for."""

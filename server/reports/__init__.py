"""Plays and what follows from them."""

"""Leased jobs and the worker that carries them out."""

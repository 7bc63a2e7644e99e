"""Benchmarks: `python -m bench NAME [--json]` prints every number that the documents claim."""

"""Certificates of kiosks: issued, renewed, blocked."""

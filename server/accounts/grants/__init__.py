"""Roles that people hold besides the one in their own agency."""

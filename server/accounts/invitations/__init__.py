"""Links that work once, with which people choose their own password."""

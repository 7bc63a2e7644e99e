"""Essential notices only: one switch with an end and a reason, on chosen sites, on the panels at once."""

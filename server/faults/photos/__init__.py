"""Photos of work orders: what the panel looked like before and after the repair."""

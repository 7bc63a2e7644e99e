"""Where somebody is logged in, and which devices know them."""

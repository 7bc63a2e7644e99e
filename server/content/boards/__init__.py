"""Status boards: what they are made of, their values, who changed them, and what kiosks show of them."""

"""How an agency's cards look where they say nothing of their own."""

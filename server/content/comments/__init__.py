"""What people say to each other about a notice, or about one language of it."""

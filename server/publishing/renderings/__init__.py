"""What a notice looks like on a panel: its segments, how far each is, and their very bytes."""

"""Schedule entries: a playlist, where it is meant for, and when."""

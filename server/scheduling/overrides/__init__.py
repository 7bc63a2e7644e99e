"""Overrides: urgent playlists above the schedule, always with an end, on air at once."""

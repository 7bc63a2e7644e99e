"""Playlists and weekly schedule entries."""

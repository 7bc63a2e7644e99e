"""Roots, documents that people sign, and their signatures. What a document allows is decided in playlists.trust."""

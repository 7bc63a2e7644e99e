"""Contact sheets: what a clip shows, second by second, with every frame that does not belong."""

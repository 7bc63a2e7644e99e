"""One file a check: raise, still so, clear."""

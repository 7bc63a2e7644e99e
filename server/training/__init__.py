"""Training sites: keys that only they accept, what they begin with, and the way back to it."""

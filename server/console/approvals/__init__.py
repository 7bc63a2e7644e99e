"""Pages about approval: sending, reviewing, signing, the slip, and taking off the air."""

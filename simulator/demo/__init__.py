"""The demo: sample notices, the pictures and clips that show them."""

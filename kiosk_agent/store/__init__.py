"""Content-addressed files and the index over them."""

"""What waits to be told to the server, kept over power cuts."""

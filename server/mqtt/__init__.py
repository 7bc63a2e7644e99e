"""The broker and the server's connection to it."""

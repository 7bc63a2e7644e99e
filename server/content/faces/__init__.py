"""What status boards look like: artworks with approved words, sheets of tiles, and boards as manifests carry them."""

"""The stock of spare parts of an agency."""

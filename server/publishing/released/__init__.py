"""What people released for a panel, from the documents that they signed."""

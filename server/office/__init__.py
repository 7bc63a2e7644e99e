"""Office files: spreadsheets and text documents, written for people and read from strangers."""

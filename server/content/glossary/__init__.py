"""The glossary: terms agreed for the whole installation, with each agency's own remarks."""

"""The subjects and tasks of a year, which notices are made for."""

"""Plans: all that one panel's picture follows from, gathered from the tables, as a timeline document."""

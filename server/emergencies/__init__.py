"""Emergencies: signed warnings above everything, prepared or in free words, that end by themselves."""

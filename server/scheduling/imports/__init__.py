"""Imports: entries and special days out of iCalendar files, with a report of what was not understood."""

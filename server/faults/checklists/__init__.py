"""Checklists of work orders: which steps were gone through at the panel, by whom and when."""

"""Prepared warnings: notices that only emergencies show, and the set of them that every agency begins with."""

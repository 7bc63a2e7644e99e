"""Translations by people outside: notices as files that office programs open, and the filled files back."""

"""Notices: what they are made of, in three languages, from draft to reviewed."""

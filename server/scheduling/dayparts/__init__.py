"""Dayparts: named local windows that schedule entries refer to."""

"""Alarms: faults that need a person, with what people do about them."""

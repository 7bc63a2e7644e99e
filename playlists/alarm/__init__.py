"""Alarms: faults that need a person. What stands follows from a log of events and the time, and from nothing else.

`judge` replays the log of one fault; `causes` says which alarms only follow from others; `Window` is a time in which
something is expected. A program that keeps what it computed may be compared with a replay at any time.
"""

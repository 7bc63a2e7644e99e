"""Schedules as iCalendar (RFC 5545): feeds for other calendars, and entries out of files of theirs."""

"""Special days: calendars by year, proposed from a library, confirmed and edited by an administrator."""

"""Calendar feeds: a panel's or site's schedule as iCalendar, under an address that can be revoked."""

"""Previews: what a panel will show and why, as a draft of the schedule or as its kiosk was assigned it."""

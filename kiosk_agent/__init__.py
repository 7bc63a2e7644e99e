"""The kiosk agent: pulls a signed manifest, plays it on one panel and reports what it sees."""

"""Lines of a kiosk's log, sent while somebody asked for them, kept for two weeks."""

"""Stand-ins for the outside world: the demo, a fleet of kiosks, an LED controller."""

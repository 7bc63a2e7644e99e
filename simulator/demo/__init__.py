"""The demo: two sites, two panels, the real server and two real kiosk agents, on one machine."""

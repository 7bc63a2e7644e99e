"""The LED controller behind the kiosk."""

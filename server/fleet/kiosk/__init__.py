"""What a kiosk asks of the server over HTTP (docs/http-kiosk.md)."""

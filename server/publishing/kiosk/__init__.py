"""What a kiosk fetches: manifests and segments (docs/http-kiosk.md)."""

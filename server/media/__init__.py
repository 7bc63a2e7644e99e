"""Pictures and films as bytes: checked, re-encoded, rendered and stored."""

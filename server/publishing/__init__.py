"""From a press of Publish to a numbered, signed manifest in every kiosk."""

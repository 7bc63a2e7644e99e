"""Commands to a panel's kiosk: asked by a technician, sent once, answered, kept."""

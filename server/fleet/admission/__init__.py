"""Who is let in as a kiosk: a person's yes, certificates, replacement."""

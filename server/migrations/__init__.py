"""Database migrations: one baseline until the first release."""

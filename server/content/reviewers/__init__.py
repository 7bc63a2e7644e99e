"""Who is registered to review which language."""

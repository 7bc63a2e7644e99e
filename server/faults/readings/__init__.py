"""What kiosks measured, kept in summary: five minutes for three days, hours for ninety."""

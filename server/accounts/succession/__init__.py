"""What becomes of agencies: renamed, merged, split and closed, at once or on a date."""

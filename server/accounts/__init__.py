"""People, agencies, sessions and what each role may do."""

"""Which route of the root a submission goes by: rules per site, agency and content class, with their legal basis."""

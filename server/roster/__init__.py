"""Who is asked when: shifts by site and role, absences and replacements, escalation, and the look at the weekend."""

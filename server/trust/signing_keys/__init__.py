"""Which keys people sign with, and the plan of the root document that would say so."""

"""People say that a notice is still right: its age counts anew, on panels too, without a new revision."""

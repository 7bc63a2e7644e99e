"""Tokens for programs: some of a person's permissions, for a while."""

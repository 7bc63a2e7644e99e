"""Submissions: rendered, fixed, signed by the people of a route, and released."""

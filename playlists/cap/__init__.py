"""Alerts of the Common Alerting Protocol 1.2 (OASIS; ITU-T X.1303): read strictly, judged by rules, kept as a set.

Fetching feeds and asking people is left to the server. docs/cap.md has the rules.
"""

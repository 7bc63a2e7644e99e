"""Quotas: which part of a panel's airtime each agency has, and who is a guest on it."""

"""The audit log for people: search, export, and the head that approvers keep."""

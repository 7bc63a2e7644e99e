"""Work orders: the jobs that close alarms."""

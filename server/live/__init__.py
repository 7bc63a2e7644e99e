"""What pages watch while it happens: the progress of jobs, and changes as an event stream."""

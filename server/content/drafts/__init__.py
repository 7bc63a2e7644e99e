"""Pictures of notices while they are written: drawn for one panel size, saved nowhere."""

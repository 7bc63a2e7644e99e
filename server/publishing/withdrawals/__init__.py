"""Off the air for ever: what an approver withdrew, and which panels have not heard."""

"""Off the air at once, and back again: what rests at which site, in whose name, and which panels have not heard."""

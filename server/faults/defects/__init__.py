"""What only eyes can see at a panel: dead pixels and modules, reported and declared mended by people."""

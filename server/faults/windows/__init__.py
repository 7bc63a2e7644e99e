"""Times in which faults are expected: planned work and announced power cuts."""

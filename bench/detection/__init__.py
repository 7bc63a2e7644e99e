"""The parts of `detect`: a fleet that can be broken in many ways, and half an hour in which nobody may be called."""

"""The plain week of one panel: weekly windows for it alone, and its default playlist, set as a whole."""

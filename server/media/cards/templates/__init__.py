"""The templates: one file each (those that differ by a line share one), all with `draw(sheet)`."""

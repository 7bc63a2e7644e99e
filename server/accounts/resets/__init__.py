"""Beginning anew after a loss: one administrator asks, another confirms."""

"""Copying: what was on in a week, or over last year's Tết, once more from another date on."""

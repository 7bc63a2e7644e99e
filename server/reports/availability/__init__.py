"""How much of its operating hours a panel was lit and showed the right content, and what broke and was repaired."""

"""The shift book: what is open at a site, who hands over to whom, and notes for those who come after."""

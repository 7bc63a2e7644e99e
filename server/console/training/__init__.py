"""Training in the pages: which of them show a training site, and the frame around these."""

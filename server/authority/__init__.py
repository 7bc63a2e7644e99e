"""The private certificate authority: who kiosks and servers are to each other under TLS."""

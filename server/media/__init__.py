"""Pictures and films as bytes: stored by digest, checked and rendered in confined child processes."""

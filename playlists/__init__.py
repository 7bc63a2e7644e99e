"""The pure domain: what a panel may show, what it shows at an instant, and whether a document is sound.

Nothing here opens a socket, reads a clock, starts a thread or touches a file; both programs build on it.
"""

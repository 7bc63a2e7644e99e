"""An LED controller that is not there: NovaStar's register bus to the byte, COEX over HTTP, and a Colorlight listener.

It shares no code with the kiosk's drivers, so that one mistake cannot be made on both sides.
"""

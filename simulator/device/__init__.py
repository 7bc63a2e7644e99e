"""The computer behind a panel as files: a healthy Raspberry Pi 5, and what it looks like when something breaks."""

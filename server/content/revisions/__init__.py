"""The history of a notice: its revisions, what differs between two, and the way back."""

"""Playback: the endless stream and the programs that show it, behind one port."""

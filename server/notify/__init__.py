"""Notifications: who is told what and when, the outbox that brings it there, and the channels it goes by."""

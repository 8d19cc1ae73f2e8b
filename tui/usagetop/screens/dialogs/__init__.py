"""Dialogs: each returns a typed value with ``dismiss``, or None when it was left with escape."""

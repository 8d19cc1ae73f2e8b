"""Widgets as far as they need no running app: what they place, cut and draw."""

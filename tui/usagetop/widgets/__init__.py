"""Widgets: each draws one value that it is given and posts messages; none knows another."""

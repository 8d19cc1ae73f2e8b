"""Screens: the explorer and its dialogs. Only here do views change and widgets get new values."""

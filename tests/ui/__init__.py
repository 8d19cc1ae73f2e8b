"""The explorer, driven as a person drives it."""

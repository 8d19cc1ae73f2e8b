"""Whole screens, compared with the pictures in screenshots/."""

"""Frames, and the bytes that are left of them."""

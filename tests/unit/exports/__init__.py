"""Formats and files."""

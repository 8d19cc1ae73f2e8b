"""Taking a view away: to the clipboard and to files, through the same exports as ``usagetop show``."""

from __future__ import annotations

def copied(*a, **k): return ""
def write_export(*a, **k): return ""

"""BLAKE2b, without loading OpenSSL for it.

``hashlib`` links OpenSSL in for the digests that we do not use, a quarter of a start of Python. CPython's own
module is where ``hashlib.blake2b`` comes from (``Lib/hashlib.py``; ``Lib/random.py`` takes the same way round).
"""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # another Python
    from hashlib import blake2b

__all__ = ["blake2b"]

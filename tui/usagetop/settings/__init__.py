"""What a person has set: the configuration file, the server's address, the admin key.

``config`` reads the file, ``address`` checks base URLs, ``keys`` finds the key, ``scopes`` remembers which
cache belongs to it. Standard library only: a warm start must not pay for more.
"""

from __future__ import annotations

from usagetop.settings.address import DEFAULT_BASE_URL, is_loopback, is_official, normalise, place_of
from usagetop.settings.config import Budget, Settings, load_settings
from usagetop.settings.keys import FoundKey, find_key
from usagetop.settings.scopes import key_fingerprint, offline_fingerprint, remember_fingerprint

__all__ = [
    "DEFAULT_BASE_URL",
    "Budget",
    "FoundKey",
    "Settings",
    "find_key",
    "is_loopback",
    "is_official",
    "key_fingerprint",
    "load_settings",
    "normalise",
    "offline_fingerprint",
    "place_of",
    "remember_fingerprint",
]

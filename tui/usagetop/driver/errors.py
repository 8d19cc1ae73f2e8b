"""What the driver does not know."""

from __future__ import annotations


class Strange(Exception):
    """Something that is not understood well enough to be left out or said in another way: it is passed on."""

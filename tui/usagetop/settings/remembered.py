"""Small files of what is remembered between runs: written whole or not at all, for the owner's eyes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from usagetop import paths


def store(place: Path, data: bytes) -> None:
    """Write a file of mode 0600 below ``paths.state_dir()``; what cannot be written is left out.

    Where there is no home nothing is made, not even by root, who could.
    """
    if place.is_relative_to(paths.NOWHERE):
        return
    import tempfile

    with suppress(OSError):
        paths.make_private(place.parent)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.stem}-")
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, 0o600)  # whatever the umask says
                file.write(data)
            Path(name).replace(place)
        finally:
            Path(name).unlink(missing_ok=True)

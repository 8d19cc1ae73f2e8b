"""Where files live: configuration, cache, state (XDG base directories) and the packaged styles.

Nothing here reads a file; what is made is for its owner alone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

APP = "usagetop"
# Where files would live without a home: never made, not even by root.
NOWHERE = Path("/nonexistent")


def _base(variable: str, fallback: str) -> Path:
    """The XDG directory named by ``variable``; relative values are ignored, as the XDG text asks."""
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named
    home = Path(os.environ.get("HOME", ""))
    return (home if home.is_absolute() else NOWHERE) / fallback


def config_file() -> Path:
    """The configuration file, ``$XDG_CONFIG_HOME/usagetop/config.toml``."""
    return _base("XDG_CONFIG_HOME", ".config") / APP / "config.toml"


def cache_dir() -> Path:
    """The directory of the disk cache, ``$XDG_CACHE_HOME/usagetop``."""
    return _base("XDG_CACHE_HOME", ".cache") / APP


def state_dir() -> Path:
    """The directory for what is remembered between runs, ``$XDG_STATE_HOME/usagetop``."""
    return _base("XDG_STATE_HOME", ".local/state") / APP


def styles_dir() -> Path:
    """The directory of the TCSS files: inside the package in a wheel, at the top of a checkout."""
    package = Path(__file__).resolve().parent
    packaged = package / "styles"
    return packaged if packaged.is_dir() else package.parent.parent / "styles"


def make_private(directory: Path) -> None:
    """Make a directory, and what is missing above it, for the owner alone (0700) whatever the umask says.

    A directory that is there stays as it is. Raises OSError.
    """
    for place in reversed([each for each in (directory, *directory.parents) if not each.exists()]):
        with suppress(FileExistsError):
            place.mkdir(0o700)
            place.chmod(0o700)

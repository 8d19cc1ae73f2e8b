"""Where files live, by the variables of the XDG text."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.house import ROOT
from usagetop import paths
from usagetop.client.cache_file import prepare
from usagetop.exports.files import write_file
from usagetop.settings import Settings, hosts, remember_fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable


class Place(NamedTuple):
    """A place: the variable that names it, how it is asked for, what is below it, where it is otherwise."""

    variable: str
    ask: Callable[[], Path]
    below: str
    fallback: str


PLACES = [
    Place("XDG_CONFIG_HOME", paths.config_file, "usagetop/config.toml", ".config"),
    Place("XDG_CACHE_HOME", paths.cache_dir, "usagetop", ".cache"),
    Place("XDG_STATE_HOME", paths.state_dir, "usagetop", ".local/state"),
]
every = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.variable)


@every
def test_the_variable_is_followed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute path is taken as it is."""
    monkeypatch.setenv(place.variable, "/somewhere/else")
    assert place.ask() == Path("/somewhere/else") / place.below


@every
@pytest.mark.parametrize("value", [None, "", "relative", "./x", "~/x"])
def test_home_is_the_fallback(place: Place, value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, or with one that is not absolute, which the XDG text asks to ignore."""
    if value is None:
        monkeypatch.delenv(place.variable, raising=False)
    else:
        monkeypatch.setenv(place.variable, value)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert place.ask() == Path("/home/somebody") / place.fallback / place.below


@every
@pytest.mark.fault(
    "cache",
    "HOME and the XDG variables are missing, empty or relative",
    "nothing lands in the working directory",
)
@pytest.mark.parametrize("value", [None, "", "relative"])
def test_nothing_lands_in_the_working_directory(
    place: Place, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a home the place is one that cannot be made, not one relative to wherever one stands."""
    monkeypatch.delenv(place.variable, raising=False)
    if value is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", value)
    assert place.ask() == Path("/nonexistent") / place.fallback / place.below


def test_asking_makes_nothing(home: Path) -> None:
    """Directories are made by those who write into them."""
    paths.config_file()
    paths.cache_dir()
    paths.state_dir()
    assert list(home.iterdir()) == []


def test_the_styles_of_a_checkout() -> None:
    """They stand at its top; in a wheel, beside the package."""
    assert paths.styles_dir() == ROOT / "styles"


def test_the_styles_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packaged directory comes first."""
    package = tmp_path / "lib" / "site" / "usagetop"
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    assert paths.styles_dir() == tmp_path / "lib" / "styles"
    (package / "styles").mkdir(parents=True)
    assert paths.styles_dir() == package / "styles"


@pytest.mark.fault(
    "key",
    "a umask of 000 or 777",
    "what is made under the cache, state and export places is for the owner alone, and usable by the owner",
)
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_no_umask_opens_or_closes_what_we_make(mask: int, home: Path) -> None:
    """0700 for directories, with those above them that were missing; 0600 for files."""
    before = os.umask(mask)
    try:
        hosts.trust("gateway.example")
        remember_fingerprint(Settings(), "0" * 32)
        prepare(paths.cache_dir())
        write_file(home / "costs.csv", "x")
    finally:
        os.umask(before)
    made = {path.relative_to(home).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*")}
    assert {
        "state/usagetop/hosts.json",
        "state/usagetop/scopes.json",
        "cache/usagetop/cache.db",
    } <= made.keys()
    for name, mode in made.items():
        assert mode == (0o700 if (home / name).is_dir() else 0o600), name

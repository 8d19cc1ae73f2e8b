"""The configuration file: TOML, read strictly, every mistake named with its place.

::

    default_profile = "work"          # which of the profiles below; without it, the defaults
    theme = "usagetop-light"
    zone = "local"                    # labels of 1h and 1m buckets: utc, local, or a name like Europe/Berlin

    key_file = "~/.config/usagetop/key"            # these four may also stand in a profile
    key_command = ["op", "read", "op://vault/openai/admin-key"]
    base_url = "https://api.openai.com/v1"
    budgets = [{ name = "team", amount = "500.00", scope = "proj_123" }]        # see ``settings.budgets``

    [profile.work]
    key_command = ["pass", "show", "openai/admin"]

    [keys]
    refresh = "f5"                    # action = key, or a list of keys
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from usagetop import paths
from usagetop.errors import ConfigError
from usagetop.model.text import label
from usagetop.settings import address

_MOST_BYTES = 1_000_000
_OF_PROFILE = frozenset({"key_file", "key_command", "base_url", "budgets"})
_OF_KEY = frozenset({"key_file", "key_command"})
_TOP = _OF_PROFILE | {"profile", "default_profile", "theme", "zone", "keys"}
Table = Mapping[str, Any]


class Budget(NamedTuple):
    """A budget of one's own: ``amount`` of ``currency`` a month.

    ``scope`` is a project by id or name, empty for the whole organization; ``filters`` (as of ``--filter``) may
    say instead which costs it is about.
    """

    name: str
    amount: Decimal
    scope: str = ""
    currency: str = "usd"
    filters: tuple[str, ...] = ()


class Settings(NamedTuple):
    """What holds for one run: the chosen profile laid over the defaults.

    ``profile`` is empty without one. ``base_url`` is normalised. ``keys`` maps an action to its keys, which
    the explorer checks. ``zone`` is ``utc``, ``local`` or a zone's name.
    """

    profile: str = ""
    base_url: str = address.DEFAULT_BASE_URL
    key_file: Path | None = None
    key_command: tuple[str, ...] = ()
    budgets: tuple[Budget, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    theme: str = ""
    zone: str = "utc"


def load_settings(
    environ: Mapping[str, str] | None = None, *, path: Path | None = None, profile: str = ""
) -> Settings:
    """Settings from the configuration file and ``OPENAI_BASE_URL``, which comes before the file's address.

    ``profile`` comes before the file's own choice. A file that is not there is an empty one. Raises
    ConfigError with the place of the mistake.
    """
    environ = os.environ if environ is None else environ
    place = path or paths.config_file()
    table = _read(place)
    _only(table, _TOP, "")
    chosen = profile or _text(table, "default_profile", "")
    merged = _merged(table, chosen)
    at = f"profile.{chosen}" if chosen else ""
    from_environment = environ.get("OPENAI_BASE_URL", "").strip()
    base_url = from_environment or _text(merged, "base_url", at) or address.DEFAULT_BASE_URL
    source = "OPENAI_BASE_URL" if from_environment else "base_url of the configuration"
    command = _words(merged, "key_command", at)
    if command:
        _refuse_strangers(place)
    return Settings(
        profile=chosen,
        base_url=address.normalise(base_url, source=source),
        key_file=_file(merged, place, at),
        key_command=command,
        budgets=_budgets(merged, place, at),
        keys=_keys(table),
        theme=_text(table, "theme", ""),
        zone=_zone(_text(table, "zone", "")),
    )


def _read(place: Path) -> dict[str, Any]:
    """The file's table; empty when there is no file."""
    try:
        with place.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise _unusable(place, error.strerror or "it cannot be read") from None
    if len(data) > _MOST_BYTES:
        raise _unusable(place, "it is larger than 1 MB")
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise _unusable(place, "it is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise _unusable(place, label(str(error))) from None
    except (ArithmeticError, ValueError, RecursionError):
        raise _unusable(place, "a number or a nesting in it is beyond all bounds") from None


def _refuse_strangers(place: Path) -> None:
    """A file that names a program to run must be nobody else's to change."""
    info = place.stat()
    if info.st_uid not in {0, os.getuid()} or info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigError(
            "key_command is not run",
            why=f"others can change {label(str(place))}",
            mend="Make the file yours alone to write: chmod go-w",
        )


def _merged(table: Table, name: str) -> Table:
    """The defaults with a profile laid over them. Unknown settings are told in every profile."""
    profiles = table.get("profile", {})
    if not isinstance(profiles, dict):
        raise _wrong("", "profile", "it must be tables", "Write [profile.work]; default_profile chooses one")
    for each, entries in profiles.items():
        if not isinstance(entries, dict):
            raise _wrong("profile", each, "it must be a table", "Write [profile.work]")
        _only(entries, _OF_PROFILE, f"profile.{each}")
    if name and name not in profiles:
        choices = ", ".join(label(each, most=40) for each in profiles) or "none"
        raise ConfigError(
            f"there is no profile {label(name, most=40)}", why=f"profiles: {choices}", mend=_mend()
        )
    chosen: dict[str, Any] = profiles.get(name, {})
    # A profile with a key of its own does not look at the defaults' key first.
    dropped = _OF_KEY if _OF_KEY & chosen.keys() else frozenset()
    return {key: value for key, value in table.items() if key not in dropped} | chosen


def _only(table: Table, known: frozenset[str], at: str) -> None:
    """Raise ConfigError for the first key that is not known."""
    for name in table:
        if name not in known:
            choices = " ".join(sorted(known))
            raise _wrong(at, name, "there is no such setting", f"Settings here: {choices}")


def _text(table: Table, name: str, at: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or not value.isprintable():
        raise _wrong(at, name, "it must be one line of text")
    return value


def _words(table: Table, name: str, at: str) -> tuple[str, ...]:
    """A list of texts, not empty when it is there."""
    if name not in table:
        return ()
    value = table[name]
    fits = isinstance(value, list) and value and all(isinstance(word, str) for word in value)
    if not fits or not value[0] or any("\0" in word for word in value):
        raise _wrong(
            at, name, "it must be a list of words", f'Write it like {name} = ["pass", "show", "openai"]'
        )
    return tuple(value)


def _file(table: Table, place: Path, at: str) -> Path | None:
    """``key_file``: absolute, from ``~``, or beside the configuration file."""
    text = _text(table, "key_file", at)
    if not text:
        return None
    try:
        return place.parent / Path(text).expanduser()
    except RuntimeError:
        raise _wrong(at, "key_file", "there is no such home directory") from None


def _budgets(table: Table, place: Path, at: str) -> tuple[Budget, ...]:
    if "budgets" not in table:
        return ()
    from usagetop.settings.budgets import read_budgets

    at = at if "budgets" in table.get("profile", {}).get(at.removeprefix("profile."), {}) else ""
    return read_budgets(
        table["budgets"],
        at=at,
        mend=_mend(),
        source=lambda: place.read_text(encoding="utf-8", errors="replace"),
    )


def _keys(table: Table) -> Mapping[str, tuple[str, ...]]:
    """Key bindings: action → keys."""
    given = table.get("keys", {})
    if not isinstance(given, dict):
        raise _wrong("", "keys", "it must be a table", 'Write [keys], and below it refresh = "f5"')
    bindings = {name: (value,) if isinstance(value, str) else value for name, value in given.items()}
    for name, value in bindings.items():
        if not isinstance(value, tuple | list) or not all(isinstance(key, str) and key for key in value):
            raise _wrong("keys", name, "it must be a key or a list of keys")
    return MappingProxyType({name: tuple(value) for name, value in bindings.items()})


def _zone(name: str) -> str:
    if name.lower() in {"", "utc", "local"}:
        return name.lower() or "utc"
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise _wrong(
            "", "zone", "there is no such time zone", "utc, local, or a name like Europe/Berlin"
        ) from None
    return name


def _wrong(at: str, name: str, why: str, mend: str = "") -> ConfigError:
    where = label(f"{at}.{name}" if at else name, most=80)
    return ConfigError(f"the setting {where} cannot be used", why=why, mend=mend or _mend())


def _unusable(place: Path, why: str) -> ConfigError:
    return ConfigError(f"the configuration {label(str(place))} cannot be used", why=why, mend=_mend())


def _mend() -> str:
    return f"Correct {label(str(paths.config_file()))}"

"""Finding the admin key: environment, file, command, keyring, in this order. It is checked by hand, never shown.

``OPENAI_ADMIN_KEY``, ``OPENAI_ADMIN_KEY_FILE``, ``key_file`` and ``key_command`` of the configuration, and the
desktop's keyring where the extra is installed. No option takes a key: command lines are public.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from usagetop.errors import ConfigError, KeyMissing, KeyRefused
from usagetop.model.secret import Secret
from usagetop.model.text import label
from usagetop.settings.config import Settings

if TYPE_CHECKING:
    import subprocess

COMMAND_SECONDS = 10.0
_MOST_BYTES = 4_096
_SECRETS = Path("/run/secrets")
_WAYS = "Set OPENAI_ADMIN_KEY (sk-admin-…) or OPENAI_ADMIN_KEY_FILE, or try usagetop --demo"


class FoundKey(NamedTuple):
    """The key, and in words where it was found (``OPENAI_ADMIN_KEY``)."""

    secret: Secret
    source: str


def find_key(
    settings: Settings, environ: Mapping[str, str] | None = None, *, run_command: bool = True
) -> FoundKey:
    """The first key that is given; ``run_command=False`` passes over ``key_command`` and the keyring.

    Raises KeyMissing (3) when there is none, KeyRefused (3) for a text that cannot be a key, ConfigError (2)
    for a file that others can read or that cannot be read, and for a command that fails. May block for as
    long as the command takes, at most 10 seconds: not for an event loop.
    """
    environ = os.environ if environ is None else environ
    if given := environ.get("OPENAI_ADMIN_KEY", ""):
        return _checked(given, "OPENAI_ADMIN_KEY")
    if named := environ.get("OPENAI_ADMIN_KEY_FILE", ""):
        return _checked(_from_file(Path(named), "OPENAI_ADMIN_KEY_FILE"), "OPENAI_ADMIN_KEY_FILE")
    if settings.key_file is not None:
        return _checked(_from_file(settings.key_file, "key_file"), "key_file")
    if run_command:
        if settings.key_command:
            return _checked(_from_command(settings.key_command), "key_command")
        if kept := _from_keyring(settings):
            return _checked(kept, "the keyring")
    raise KeyMissing("no admin key", why="none is set", mend=_WAYS)


def _checked(text: str, source: str) -> FoundKey:
    """The key, when the text can be one: printable ASCII without blanks, line ends at its end left out."""
    key = text.rstrip("\r\n")
    if not key:
        raise KeyMissing("no admin key", why=f"{source} is empty", mend=_WAYS)
    if len(key) > _MOST_BYTES:
        why = "it is too long for a key"
    elif not key.isascii():
        why = "it holds characters beyond ASCII"
    elif any(character.isspace() for character in key):
        why = "it holds a blank or a line break"
    elif not key.isprintable():
        why = "it holds a control character"
    else:
        return FoundKey(Secret(key), source)
    raise KeyRefused(f"the key from {source} cannot be one", why=why, mend="An admin key is like sk-admin-…")


def _from_file(path: Path, source: str) -> str:
    """The text of a key file that nobody else can read."""
    try:
        # Not to wait for the writer of a named pipe.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a path"
        raise _unusable(source, path, reason or "it cannot be read") from None
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise _unusable(source, path, "it is not a file")
        if info.st_mode & (stat.S_IRGRP | stat.S_IROTH) and not _is_guarded(path, handle):
            raise _unusable(source, path, "others can read it", "Make it yours alone: chmod 600")
        data = os.read(handle, _MOST_BYTES + 3)
    except OSError as error:
        raise _unusable(source, path, error.strerror or "it cannot be read") from None
    finally:
        os.close(handle)
    return data.decode("utf-8", "replace")


def _is_guarded(path: Path, handle: int) -> bool:
    """Whether the place itself keeps strangers out: container secrets, or a read-only mount."""
    if os.fstatvfs(handle).f_flag & os.ST_RDONLY:
        return True
    return path.resolve().is_relative_to(_SECRETS.resolve())


def _from_command(command: tuple[str, ...]) -> str:
    """What the command prints; no shell, 10 seconds, and no more bytes than a key has."""
    import subprocess

    try:
        process = subprocess.Popen(  # noqa: S603 - the person's own argument list, from a file only they can change
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its words cannot be used"
        raise _failed(reason or "it cannot be run") from None
    with process:
        try:
            data = _output(process)
            if len(data) > _MOST_BYTES:
                raise _failed("it prints more than a key")
            code = process.wait(timeout=1)
        except TimeoutError:
            raise _failed(f"it took longer than {COMMAND_SECONDS:g} s") from None
        except subprocess.TimeoutExpired:
            raise _failed("it does not end") from None
        finally:
            process.kill()
    if code:
        raise _failed(f"it ended with {code}")
    return data.decode("utf-8", "replace")


def _output(process: subprocess.Popen[bytes]) -> bytes:
    """The output up to its end or a little more than a key; raises TimeoutError."""
    import select

    stream = process.stdout
    if stream is None:  # pragma: no cover - it was asked for
        return b""
    deadline = time.monotonic() + COMMAND_SECONDS
    data = b""
    while len(data) <= _MOST_BYTES:
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(stream.fileno(), _MOST_BYTES)
        if not piece:
            break
        data += piece
    return data


def _from_keyring(settings: Settings) -> str:
    """The key kept in the desktop's keyring (service ``usagetop``, user: the profile), where it is installed."""
    import importlib.util

    if importlib.util.find_spec("keyring") is None:
        return ""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("usagetop", settings.profile or "default") or ""
    except (KeyringError, OSError, RuntimeError):
        return ""


def _unusable(source: str, path: Path, why: str, mend: str = "") -> ConfigError:
    place = label(str(path), most=120)
    return ConfigError(
        f"the key file cannot be used ({source})", why=f"{place}: {why}", mend=mend or f"Correct {source}"
    )


def _failed(why: str) -> ConfigError:
    """What the command printed is not shown: it may be the key."""
    return ConfigError("key_command gave no key", why=why, mend="Run it by hand to see what it says")

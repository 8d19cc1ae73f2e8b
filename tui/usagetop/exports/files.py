"""Writing an export to a file: private, whole or not at all, and never over something by accident.

The text is written to a temporary file beside the target and then given its name in one step. Without
``force`` that step is a hard link, which fails when the name exists; with it, a rename. A link at the target
is refused in both cases, because it would be somebody else's file that changes.
"""

from __future__ import annotations

import errno
import os
import secrets
from typing import TYPE_CHECKING

from usagetop.errors import UsageError
from usagetop.model.text import label

if TYPE_CHECKING:
    from pathlib import Path

_MODE = 0o600
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def write_file(path: Path, text: str, *, force: bool = False) -> None:
    """Write ``text`` as UTF-8 to ``path`` with mode 0600, whole or not at all.

    Raises UsageError with a sentence: the name exists (without ``force``), is a link, a directory or not a
    regular file, or the system refuses.
    """
    _check(path, force=force)
    temporary = path.with_name(f".usagetop-{secrets.token_hex(8)}.tmp")
    try:
        try:
            _fill(temporary, text.encode("utf-8", "backslashreplace"))
            _name(temporary, path, force=force)
        finally:
            temporary.unlink(missing_ok=True)
        _settle(path.parent)
    except FileExistsError:
        raise _exists(path) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a file name"
        raise UsageError(f"cannot write {_shown(path)}", why=str(why).lower()) from None


def _check(path: Path, *, force: bool) -> None:
    """Refuse early what can be seen beforehand; the last step holds on its own."""
    if path.name in {"", ".", ".."}:
        raise UsageError(f"cannot write {_shown(path)}", why="it names no file")
    try:
        if path.is_symlink():
            mend = "Name the file itself"
            raise UsageError(f"cannot write {_shown(path)}", why="it is a link", mend=mend)
        if path.is_dir():
            raise UsageError(f"cannot write {_shown(path)}", why="it is a directory")
        if path.exists() and not path.is_file():
            raise UsageError(f"cannot write {_shown(path)}", why="it is not a regular file")
        if path.exists() and not force:
            raise _exists(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a file name"
        raise UsageError(f"cannot write {_shown(path)}", why=str(why).lower()) from None


def _fill(temporary: Path, data: bytes) -> None:
    """Create the temporary file (it must be new) and write all of it through to the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    with open(os.open(temporary, flags, _MODE), "wb") as stream:  # noqa: PTH123 - from a descriptor
        os.fchmod(stream.fileno(), _MODE)  # whatever the umask says
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _name(temporary: Path, path: Path, *, force: bool) -> None:
    """Give the finished file its name; raises FileExistsError when it is taken and may not be replaced."""
    if force:
        # A rename replaces the name itself, so a link that appeared meanwhile is not followed.
        temporary.replace(path)
        return
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _claim(temporary, path)


def _claim(temporary: Path, path: Path) -> None:
    """Where the file system has no hard links: claim the name with an empty new file, then replace that."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
    try:
        temporary.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _settle(directory: Path) -> None:
    """Write the directory's new entry through; what cannot do that is good enough."""
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)


def _exists(path: Path) -> UsageError:
    return UsageError(f"{_shown(path)} exists", mend="Choose another name, or overwrite it with --force")


def _shown(path: Path) -> str:
    return label(str(path), most=120)

"""Files are private, whole or not there, and nobody's by accident."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from usagetop.errors import UsageError
from usagetop.exports import files
from usagetop.exports.files import write_file


def entries(place: Path) -> list[str]:
    """The names in a directory: no temporary file may be left among them."""
    return sorted(path.name for path in place.iterdir())


def test_a_new_file_is_private(tmp_path: Path) -> None:
    """0600 whatever the umask says, UTF-8, LF as given."""
    before = os.umask(0)
    try:
        write_file(tmp_path / "a.csv", "ä\n")
    finally:
        os.umask(before)
    assert (tmp_path / "a.csv").read_bytes() == "ä\n".encode()
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600
    assert entries(tmp_path) == ["a.csv"]


def test_a_strict_umask_does_not_lock_us_out(tmp_path: Path) -> None:
    """The owner can read what was written."""
    before = os.umask(0o777)
    try:
        write_file(tmp_path / "a.csv", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.fault(
    "text", "an export is given the name of a file that is there", "it stays as it is without --force"
)
def test_an_existing_file_needs_force(tmp_path: Path) -> None:
    """Without force it stays as it is; with it, it is replaced and becomes private."""
    target = tmp_path / "a.csv"
    target.write_text("old")
    target.chmod(0o644)
    with pytest.raises(UsageError, match="exists"):
        write_file(target, "new")
    assert target.read_text() == "old"
    write_file(target, "new", force=True)
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o600)
    assert entries(tmp_path) == ["a.csv"]


@pytest.mark.fault(
    "text",
    "an export is given the name of a link",
    "refused, also with --force: what it points to is not touched",
)
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("there", [False, True])
def test_a_link_is_refused(tmp_path: Path, *, force: bool, there: bool) -> None:
    """Also a dangling one, also with force: what it points to is not touched."""
    real = tmp_path / "real"
    if there:
        real.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(real)
    with pytest.raises(UsageError, match="link"):
        write_file(link, "new", force=force)
    assert link.is_symlink()
    assert real.exists() is there
    assert not there or real.read_text() == "old"


@pytest.mark.fault("text", "a file of that name appears while the export is written", "theirs stays")
def test_a_file_that_appears_meanwhile_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the last step somebody else writes: their file stays."""
    target = tmp_path / "a.csv"
    fill = files._fill

    def slow(temporary: Path, data: bytes) -> None:
        fill(temporary, data)
        target.write_text("theirs")

    monkeypatch.setattr(files, "_fill", slow)
    with pytest.raises(UsageError, match="exists"):
        write_file(target, "ours")
    assert target.read_text() == "theirs"
    assert entries(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_without_hard_links(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File systems without them take the same promise another way."""

    def no_link(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", no_link)
    write_file(tmp_path / "a.csv", "x")
    assert (tmp_path / "a.csv").read_text() == "x"
    assert entries(tmp_path) == ["a.csv"]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the file nor the temporary one; an old file stays whole even with force."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "old").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    for name in ("new", "old"):
        with pytest.raises(UsageError, match="no space left"):
            write_file(tmp_path / name, "x" * 100, force=True)
    assert entries(tmp_path) == ["old"]
    assert (tmp_path / "old").read_text() == "old"


@pytest.mark.fault(
    "text",
    "a file name that is none, is too long, a directory or a device",
    "a sentence, and nothing is left",
)
@pytest.mark.parametrize(
    "name", ["", ".", "..", "sub", "no/where/a.csv", "a\0b", "x" * 300, "/dev/null", "sub/.."]
)
@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_place_for_a_file(name: str, tmp_path: Path, *, force: bool) -> None:
    """A sentence each, and nothing is left."""
    (tmp_path / "sub").mkdir()
    with pytest.raises(UsageError) as caught:
        write_file(tmp_path / name, "x", force=force)
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable()
    assert entries(tmp_path) == ["sub"]


def test_a_lone_surrogate_does_not_stop_it(tmp_path: Path) -> None:
    """What UTF-8 cannot hold is escaped."""
    write_file(tmp_path / "a.csv", "\udc80")
    assert (tmp_path / "a.csv").read_bytes() == b"\\udc80"

"""Finding the key, checking it, never showing it; and remembering which cache is whose."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from usagetop import paths
from usagetop.errors import ConfigError, KeyMissing, KeyRefused, UsagetopError
from usagetop.model.secret import Secret
from usagetop.paths import state_dir
from usagetop.settings import (
    Settings,
    find_key,
    hosts,
    key_fingerprint,
    keys,
    offline_fingerprint,
    remember_fingerprint,
)

KEY = "sk-admin-canary-0123456789"


def key_file(place: Path, text: str = KEY, mode: int = 0o600) -> Path:
    """A file with a key."""
    path = place / "key"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def printing(text: str) -> tuple[str, ...]:
    """A command that prints a text."""
    return (sys.executable, "-c", f"import sys; sys.stdout.write({text!r})")


def test_the_order_of_places(tmp_path: Path) -> None:
    """Environment, its file, the configuration's file, its command."""
    env = {"OPENAI_ADMIN_KEY": "sk-1", "OPENAI_ADMIN_KEY_FILE": str(key_file(tmp_path, "sk-2\n"))}
    (tmp_path / "c").mkdir()
    settings = Settings(key_file=key_file(tmp_path / "c", "sk-3"), key_command=printing("sk-4\n"))
    found = find_key(settings, env)
    assert (found.secret.reveal(), found.source) == ("sk-1", "OPENAI_ADMIN_KEY")
    del env["OPENAI_ADMIN_KEY"]
    assert find_key(settings, env).secret.reveal() == "sk-2"
    assert find_key(settings, {"OPENAI_ADMIN_KEY": ""}).secret.reveal() == "sk-3"
    found = find_key(Settings(key_command=printing("sk-4\r\n")), {})
    assert (found.secret.reveal(), found.source) == ("sk-4", "key_command")


def test_no_key_at_all() -> None:
    """Exit 3, with the ways out."""
    with pytest.raises(KeyMissing, match="no admin key") as caught:
        find_key(Settings(), {})
    assert (caught.value.exit_code, len(caught.value.lines())) == (3, 2)
    assert "--demo" in caught.value.mend


@pytest.mark.fault(
    "key",
    "a key with blanks, line breaks, control characters, other letters, or of any length",
    "refused with the reason, without a letter of it",
)
@pytest.mark.parametrize(
    "text", [f"{KEY} ", f" {KEY}", f"{KEY}\n\nmore", f"a\tb{KEY}", f"{KEY}\x1b", f"{KEY}é", KEY * 400]
)
def test_what_cannot_be_a_key(text: str) -> None:
    """A sentence with the reason, exit 3, and nothing of the key in it."""
    with pytest.raises(KeyRefused) as caught:
        find_key(Settings(), {"OPENAI_ADMIN_KEY": text})
    assert caught.value.exit_code == 3
    assert KEY[9:] not in "".join(caught.value.lines()) + repr(caught.value)


@pytest.mark.parametrize("text", ["\n", "\r\n"])
def test_an_empty_key_is_none(text: str, tmp_path: Path) -> None:
    """Line ends alone are not a key."""
    with pytest.raises(KeyMissing, match="is empty"):
        find_key(Settings(), {"OPENAI_ADMIN_KEY": text})
    with pytest.raises(KeyMissing, match="OPENAI_ADMIN_KEY_FILE is empty"):
        find_key(Settings(), {"OPENAI_ADMIN_KEY_FILE": str(key_file(tmp_path, ""))})


def test_a_project_key_is_not_refused_beforehand() -> None:
    """Some gateways take any key."""
    assert find_key(Settings(), {"OPENAI_ADMIN_KEY": "sk-proj-x"}).secret.reveal() == "sk-proj-x"


@pytest.mark.fault("key", "a key file that others can read", "refused, with the way to close it")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless its place keeps strangers out: container secrets, or a mount that is read-only."""
    path = key_file(tmp_path, mode=mode)
    env = {"OPENAI_ADMIN_KEY_FILE": str(path)}
    with pytest.raises(ConfigError, match="others can read it") as caught:
        find_key(Settings(), env)
    assert (caught.value.exit_code, "chmod 600" in caught.value.mend) == (2, True)
    with pytest.raises(ConfigError, match="key_file"):
        find_key(Settings(key_file=path), {})
    monkeypatch.setattr(keys, "_SECRETS", tmp_path)
    assert find_key(Settings(), env).secret.reveal() == KEY
    monkeypatch.setattr(keys, "_SECRETS", Path("/run/secrets"))
    real = os.fstatvfs

    def read_only(handle: int) -> os.statvfs_result:
        values = list(real(handle))
        values[8] |= os.ST_RDONLY
        return os.statvfs_result(values)

    monkeypatch.setattr(os, "fstatvfs", read_only)
    assert find_key(Settings(), env).secret.reveal() == KEY


def test_a_link_into_the_secrets_is_followed_and_one_out_of_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file really lies is what counts."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    monkeypatch.setattr(keys, "_SECRETS", secrets)
    outside = key_file(tmp_path, mode=0o644)
    (secrets / "link").symlink_to(outside)
    with pytest.raises(ConfigError, match="others can read it"):
        find_key(Settings(), {"OPENAI_ADMIN_KEY_FILE": str(secrets / "link")})


def missing(place: Path) -> Path:
    """A file that is not there."""
    return place / "nothing"


def pipe(place: Path) -> Path:
    """A pipe that nobody writes."""
    os.mkfifo(place / "pipe", 0o600)
    return place / "pipe"


def directory(place: Path) -> Path:
    """A directory."""
    return place


def no_path(place: Path) -> Path:
    """What no path can be."""
    return place / "a\0b"


@pytest.mark.fault(
    "key", "a key file that is a pipe, a directory, not there, or no path", "a sentence at once, exit 2"
)
@pytest.mark.parametrize("make", [missing, pipe, directory, no_path])
def test_files_that_cannot_be_read(make: Callable[[Path], Path], tmp_path: Path) -> None:
    """Not there, a pipe, a directory, no path: at once, exit 2."""
    with pytest.raises(ConfigError, match="key file cannot be used") as caught:
        find_key(Settings(), {"OPENAI_ADMIN_KEY_FILE": str(make(tmp_path))})
    assert all(line.isprintable() for line in caught.value.lines())


@pytest.mark.fault(
    "key",
    "key_command fails and prints the key on stdout or stderr, or prints without an end",
    "a sentence without anything that it printed",
)
@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/nonexistent/program",), "No such file"),
        (
            (sys.executable, "-c", f"import sys; sys.stderr.write('{KEY}'); print('{KEY}'); sys.exit(7)"),
            "ended with 7",
        ),
        ((sys.executable, "-c", "import sys\nwhile True: sys.stdout.write('x' * 1000)"), "more than a key"),
    ],
)
def test_commands_that_fail(command: tuple[str, ...], why: str, capfd: pytest.CaptureFixture[str]) -> None:
    """What they print is not shown: it may be the key."""
    with pytest.raises(ConfigError, match=why) as caught:
        find_key(Settings(key_command=command), {})
    assert KEY not in "".join(caught.value.lines()) + "".join(capfd.readouterr())


@pytest.mark.fault("key", "key_command does not end", "it is ended after ten seconds")
@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"]
)
def test_a_command_that_does_not_end_is_ended(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds, here half of one; also when it closes its output and lingers."""
    monkeypatch.setattr(keys, "COMMAND_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(ConfigError, match=r"longer than|does not end"):
        find_key(Settings(key_command=(sys.executable, "-c", code)), {})
    assert time.monotonic() - began < 10


@pytest.mark.fault("key", "key_command with the signs of a shell", "words are words")
def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    """Words are words."""
    marker = tmp_path / "marker"
    with pytest.raises(ConfigError):
        find_key(Settings(key_command=(f"touch {marker}; echo",)), {})
    found = find_key(Settings(key_command=("printf", "%s", "$(touch" + chr(0x2F) + "x)")), {})
    assert found.secret.reveal() == "$(touch/x)"
    assert not marker.exists()


def test_the_keyring_is_asked_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """By profile; a keyring that fails is one without the key."""
    asked: list[tuple[str, str]] = []
    ring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    ring.__spec__ = errors.__spec__ = sys.__spec__

    class KeyringError(Exception):
        pass

    def get_password(service: str, user: str) -> str | None:
        asked.append((service, user))
        if user == "broken":
            raise KeyringError
        return KEY

    ring.get_password, errors.KeyringError = get_password, KeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert find_key(Settings(), {}).source == "the keyring"
    assert find_key(Settings(profile="work"), {}).secret.reveal() == KEY
    assert asked == [("usagetop", "default"), ("usagetop", "work")]
    with pytest.raises(KeyMissing):
        find_key(Settings(profile="broken"), {})
    with pytest.raises(KeyMissing):
        find_key(Settings(), {}, run_command=False)


def test_fingerprints_tell_keys_and_servers_apart() -> None:
    """And nothing of the key."""
    marks = {
        key_fingerprint(Secret(key), url)
        for key in (KEY, KEY + "x", "a" * 64 + "1", "a" * 64 + "2")
        for url in ("https://a.example", "https://b.example")
    }
    assert len(marks) == 8
    assert all(len(mark) == 32 and set(mark) <= set("0123456789abcdef") for mark in marks)
    assert key_fingerprint(Secret(KEY), "https://a.example") == key_fingerprint(
        Secret(KEY), "https://a.example"
    )


def test_offline_goes_by_the_key_at_hand(tmp_path: Path) -> None:
    """Without running or asking anything."""
    settings = Settings(key_command=("touch", str(tmp_path / "ran")))
    mark = key_fingerprint(Secret(KEY), settings.base_url)
    assert offline_fingerprint(settings, {"OPENAI_ADMIN_KEY": KEY}) == mark
    assert offline_fingerprint(settings, {"OPENAI_ADMIN_KEY_FILE": str(key_file(tmp_path))}) == mark
    assert offline_fingerprint(settings, {}) is None
    assert not (tmp_path / "ran").exists()


def test_offline_goes_by_what_was_remembered() -> None:
    """For the profile; else the last one at that server; never that of another server."""
    work = Settings(profile="work", key_command=("false",))
    home = Settings(profile="home", key_command=("false",))
    remember_fingerprint(work, "a" * 32)
    remember_fingerprint(home, "b" * 32)
    assert offline_fingerprint(work, {}) == "a" * 32
    assert offline_fingerprint(home, {}) == "b" * 32
    assert offline_fingerprint(Settings(), {}) == "b" * 32
    assert offline_fingerprint(Settings(base_url="https://other.example"), {}) is None


def test_what_is_remembered_is_the_owners_alone() -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        remember_fingerprint(Settings(), "a" * 32)
    finally:
        os.umask(before)
    (place,) = state_dir().iterdir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "text", ["", "[]", "5", '{"a": 5}', "\0", "[" * 100_000, '{" https://api.openai.com/v1": "../x"}']
)
def test_a_damaged_memory_is_an_empty_one(text: str) -> None:
    """And is written anew."""
    remember_fingerprint(Settings(), "a" * 32)
    place = state_dir() / "scopes.json"
    place.write_text(text)
    assert offline_fingerprint(Settings(), {}) is None
    remember_fingerprint(Settings(), "b" * 32)
    assert offline_fingerprint(Settings(), {}) == "b" * 32


def test_no_place_to_remember_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only home."""
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    remember_fingerprint(Settings(), "a" * 32)
    assert offline_fingerprint(Settings(), {}) is None


@pytest.mark.fault("cache", "there is no home directory", "nothing is made anywhere, not even by root")
def test_without_a_home_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The place that stands for no home is never made."""
    monkeypatch.setattr(paths, "NOWHERE", tmp_path / "nowhere")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    remember_fingerprint(Settings(), "a" * 32)
    hosts.trust("gateway.example")
    assert list(tmp_path.iterdir()) == []


def test_sentences_about_keys_are_short() -> None:
    """Two lines at most, drawable."""
    for settings, env in ((Settings(), {}), (Settings(), {"OPENAI_ADMIN_KEY_FILE": "/\x1b[31m"})):
        with pytest.raises(UsagetopError) as caught:
            find_key(settings, env)
        assert len(caught.value.lines()) <= 2
        assert all(line.isprintable() for line in caught.value.lines())

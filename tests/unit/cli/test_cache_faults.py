"""A cache file that something has happened to, seen from outside: the true numbers, one notice, no fault."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.server import Answer, Asked, Server
from usagetop import paths
from usagetop.client import cache_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ran

DAY = 86_400
SHOW = ("show", "costs", "--range", "2026-05-10..2026-05-19", "--no-names", "--format", "json")


def bill(asked: Asked) -> Answer:
    """Every day its own amount."""
    given = dict(asked.params)
    days = range(int(given["start_time"]), int(given["end_time"]), DAY)
    data = [
        {
            "object": "bucket",
            "start_time": day,
            "end_time": day + DAY,
            "results": [
                {
                    "object": "organization.costs.result",
                    "line_item": "gpt-5.5, input",
                    "amount": {"value": f"{day // DAY % 97}.25", "currency": "usd"},
                }
            ],
        }
        for day in days
    ]
    return Answer(json.dumps({"object": "page", "data": data, "has_more": False, "next_page": None}).encode())


@pytest.fixture
def directory(server: Server, run: Callable[..., Ran]) -> Path:
    """A cache that ``show`` has filled."""
    server.answer = bill
    assert run(*SHOW).code == 0
    server.asked.clear()
    return paths.cache_dir()


def told(ran: Ran) -> list[str]:
    """The codes of the answer's notices."""
    return [notice["code"] for notice in ran.document["notices"]]


def _sql(*statements: str) -> Callable[[Path], object]:
    def change(directory: Path) -> None:
        with closing(sqlite3.connect(directory / cache_file.DATABASE, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return change


def _bytes(data: bytes, name: str = cache_file.DATABASE) -> Callable[[Path], object]:
    def change(directory: Path) -> None:
        (directory / name).write_bytes(data)
        (directory / name).chmod(0o600)

    return change


def _cut(share: float) -> Callable[[Path], object]:
    def change(directory: Path) -> None:
        path = directory / cache_file.DATABASE
        os.truncate(path, int(path.stat().st_size * share))

    return change


def _instead(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def change(directory: Path) -> None:
        (directory / cache_file.DATABASE).unlink()
        make(directory / cache_file.DATABASE)

    return change


def _other_application(directory: Path) -> None:
    (directory / cache_file.DATABASE).unlink()
    _sql("CREATE TABLE moz_places (id INTEGER, url TEXT)", "INSERT INTO moz_places VALUES (1, 'x')")(
        directory
    )
    (directory / cache_file.DATABASE).chmod(0o600)


def _file_for_directory(directory: Path) -> None:
    shutil.rmtree(directory)
    directory.write_text("mine")


JUNK = bytes(range(256)) * 100
# What happened, and whether it must be told: what works all the same is nobody's trouble.
DAMAGE: dict[str, tuple[Callable[[Path], object], bool]] = {
    "garbage": (_bytes(JUNK), True),
    "zeros": (_bytes(bytes(20_000)), True),
    "nothing": (_bytes(b""), False),
    "cut in half": (_cut(0.5), True),
    "cut to its head": (_cut(0.001), True),
    "huge and sparse": (lambda directory: os.truncate(directory / cache_file.DATABASE, 2**26), False),
    "a directory": (_instead(lambda path: path.mkdir()), True),
    "a pipe": (_instead(os.mkfifo), True),
    "a link to a file": (_instead(lambda path: path.symlink_to("/etc/passwd")), True),
    "a link to nothing": (_instead(lambda path: path.symlink_to("/nonexistent/x")), True),
    "junk for a log": (_bytes(JUNK, f"{cache_file.DATABASE}-wal"), False),
    "a directory for a log": (lambda directory: (directory / f"{cache_file.DATABASE}-wal").mkdir(), True),
    "another program's database": (_other_application, True),
    "other tables": (_sql("DROP TABLE Cache", "CREATE TABLE Cache (a, b)"), True),
    "no table": (_sql("DROP TABLE Cache"), False),
    "no settings": (_sql("DROP TABLE Settings"), False),
    "open to others": (lambda directory: directory.chmod(0o777), True),
    "a file for the directory": (_file_for_directory, True),
}


@pytest.mark.fault(
    "cache",
    "the cache file is empty, garbage, cut, huge, another program's, or something else stands in its place",
    "the answer is whole, from the server where need be, and one notice says so, with what to do",
)
@pytest.mark.parametrize("name", DAMAGE)
def test_show_answers_and_tells_once(name: str, directory: Path, run: Callable[..., Ran]) -> None:
    """The same totals as before, the first time and the next."""
    before = run(*SHOW, "--no-cache").document["totals"]
    damage, is_told = DAMAGE[name]
    damage(directory)
    ran = run(*SHOW)
    assert (ran.code, ran.err) == (0, "")
    assert ran.document["totals"] == before
    assert told(ran).count("cache_off") == is_told
    assert run(*SHOW).document["totals"] == before


@pytest.mark.fault(
    "cache", "check, csv or jsonl meet a damaged cache", "stdout is as ever, one line on stderr says so"
)
@pytest.mark.parametrize("words", [("check", "--max", "10000"), (*SHOW[:2], "--no-names", "--format", "csv")])
def test_what_has_no_place_for_notices_tells_on_stderr(
    words: tuple[str, ...], directory: Path, run: Callable[..., Ran]
) -> None:
    """A job that runs each night would never hear of it."""
    words = (*words, *SHOW[2:4])
    before = run(*words)
    _bytes(JUNK)(directory)
    ran = run(*words)
    assert (ran.code, ran.out, before.err) == (0, before.out, "")
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["usagetop"]
    assert "the disk cache is off" in ran.err


@pytest.mark.fault(
    "cache",
    "usagetop cache and doctor meet a damaged file",
    "a sentence with what to do; clear makes room for a new one",
)
@pytest.mark.parametrize("name", DAMAGE)
def test_the_other_commands_never_fail_on_it(name: str, directory: Path, run: Callable[..., Ran]) -> None:
    """No fault of the program, whatever stands there."""
    damage, is_told = DAMAGE[name]
    damage(directory)
    seen = run("cache", "info")
    assert seen.code == (4 if is_told else 0)
    assert len(seen.err.splitlines()) == (2 if is_told else 0)
    line = next(line for line in run("doctor").out.splitlines() if " cache " in line)
    assert line.startswith("warn" if is_told else "ok")
    cleared = run("cache", "clear")
    assert cleared.code in {0, 4}
    assert cleared.code == 0 or len(cleared.err.splitlines()) == 2
    assert cleared.code == 4 or "0 units" in run("cache", "info").out


@pytest.mark.parametrize(
    "columns",
    [
        "store_time = 1e18",
        "store_time = 'never', size = 'many', tag = x'ff00'",
        "store_time = 9e999, size = 9e999",
        "store_time = NULL, size = NULL, tag = NULL",
        "size = 9223372036854775807, tag = zeroblob(100000)",
        "tag = char(27) || '[31m' || char(10) || 'x', size = -1e300",
    ],
)
def test_the_report_takes_no_columns_word(columns: str, directory: Path, run: Callable[..., Ran]) -> None:
    """Sizes are measured, times that are none are left out, and what is drawn is drawable."""
    with closing(sqlite3.connect(directory / cache_file.DATABASE)) as connection, connection:
        connection.execute(f"UPDATE Cache SET {columns}")  # noqa: S608
    ran = run("cache", "info")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) < 400
    assert any(line.startswith("ok    cache") for line in run("doctor").out.splitlines())
    assert run(*SHOW).document["source"]["requests"] == 0


@pytest.mark.fault(
    "cache",
    "offline, and the cache cannot be used",
    "the error says what is wrong with the cache, not that nothing is stored",
)
def test_offline_says_what_is_wrong_with_the_cache(directory: Path, run: Callable[..., Ran]) -> None:
    """To ask once online would not help."""
    _bytes(JUNK)(directory)
    ran = run(*SHOW, "--offline")
    assert (ran.code, ran.out) == (4, "")
    assert "damaged" in ran.err
    assert str(cache_file.aside(directory)) in ran.err


@pytest.mark.fault(
    "cache",
    "HOME or XDG_CACHE_HOME is missing, relative, a file, a device, too long or read-only",
    "the answer is whole, one notice says that the cache is off; nothing is made anywhere else",
)
@pytest.mark.parametrize(
    "places",
    [
        (None, None),
        ("", ""),
        ("relative/path", "also/relative"),
        ("/etc/passwd", "/etc/passwd"),
        ("/dev/null", "/dev/null"),
        ("/tmp/" + "x" * 300, "/"),  # noqa: S108 - it cannot be made
        ("/proc/1", "/"),
    ],
)
def test_a_home_that_is_none(
    places: tuple[str | None, str | None],
    server: Server,
    run: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Every command goes on; the working directory stays empty."""
    monkeypatch.chdir(tmp_path)
    place, home = places
    for name, value in {"XDG_CACHE_HOME": place, "XDG_STATE_HOME": place, "HOME": home}.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    server.answer = bill
    for _ in range(2):
        ran = run(*SHOW)
        assert (ran.code, ran.err) == (0, "")
        assert told(ran) == ["cache_off"]
    for words in (("cache", "info"), ("cache", "clear")):
        assert run(*words).code in {0, 4}
    assert any(line.startswith("warn  cache") for line in run("doctor").out.splitlines())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault(
    "cache", "the cache is another key's, another server's or another path's", "none of it is served"
)
def test_another_key_or_server_gets_nothing_of_it(
    directory: Path, server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline there is nothing then; the same server written otherwise is the same."""
    assert directory.exists()
    assert run(*SHOW, "--offline").code == 0
    url = server.base_url
    monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/")
    assert run(*SHOW, "--offline").code == 0
    for other in (f"{url}/other", url.replace("127.0.0.1", "localhost")):
        monkeypatch.setenv("OPENAI_BASE_URL", other)
        assert run(*SHOW, "--offline").code == 4
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-another")
    assert run(*SHOW, "--offline").code == 4

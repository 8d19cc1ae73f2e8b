"""The canary: the key leaves the program in one header to one host, and stands nowhere else."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.server import Answer, Asked, Server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ran

DAY = 86_400
# Not like a key of OpenAI's: nothing may hang on its looks.
CANARY = "gw-canary-9Zq8x7w6v5u4"
_BY = "--by line_item,project_id"
VIEWS = (*(f"{_BY} --format {form}" for form in ("table", "csv", "json", "markdown")), "--view drivers")


@pytest.fixture
def echoing(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that repeats the key in every field it controls."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARY)

    def answer(asked: Asked) -> Answer:
        start = int(dict(asked.params)["start_time"])
        row = {
            "object": "organization.costs.result",
            "amount": {"value": "-1.50", "currency": "usd"},
            "quantity": "3",
            "quantity_unit": CANARY,
            "line_item": f"{CANARY}, input",
            "project_id": f"proj_{CANARY}",
            "project_name": CANARY,
            f"new_{CANARY}": CANARY,
        }
        odd = {"object": CANARY, "amount": {"value": CANARY, "currency": CANARY}}
        # What is not whole is not stored: one grain is.
        rows = [row] if ("group_by[]", "project_id") in asked.params else [row, odd]
        data = [
            {"object": "bucket", "start_time": each, "end_time": each + DAY, "results": rows}
            for each in range(start, min(start + 3 * DAY, int(time.time())), DAY)
        ]
        page = {"object": "page", "data": data, "has_more": False, "next_page": None, CANARY: CANARY}
        return Answer(json.dumps(page).encode(), headers={"X-Key": CANARY})

    server.answer = answer
    project = {"object": "organization.project", "id": CANARY, "name": CANARY, "status": CANARY}
    server.lists["/organization/projects"] = {"object": "list", "data": [project], "has_more": False}
    return server


def everything(home: Path) -> bytes:
    """All names and bytes below a directory."""
    paths = sorted(home.rglob("*"))
    return b"\n".join(str(path).encode() + (path.read_bytes() if path.is_file() else b"") for path in paths)


@pytest.mark.fault(
    "key",
    "the server repeats the key in rows, names, field names, cursors and headers",
    "it is in no output, no file that is written and no cache; it was sent in the Authorization header alone",
)
def test_an_echoed_key_is_nowhere(echoing: Server, run: Callable[..., Ran], home: Path) -> None:
    """Every format and view, the names, the check and the doctor."""
    for view in VIEWS:
        words = ("show", "costs", "--range", "3d", *view.split())
        for place in ((), ("--output", str(home / "out"), "--force")):
            ran = run(*words, *place)
            assert ran.code in {0, 5}, ran.err
            assert CANARY not in ran.out + ran.err
    for words in (("check", "--max", "1", "--range", "3d"), ("doctor",), ("doctor", "--format", "json")):
        ran = run(*words)
        assert CANARY not in ran.out + ran.err
    assert (home / "cache").is_dir()
    assert CANARY.encode() not in everything(home)
    assert {one.authorization for one in echoing.asked} == {f"Bearer {CANARY}"}
    assert CANARY not in str([(one.path, one.params) for one in echoing.asked])
    assert "****" in run("show", "costs", "--range", "3d", "--by", "project_id").out


@pytest.mark.fault(
    "key",
    "a refusal that repeats the key in its message, code, scopes or headers, or is no HTTP at all",
    "the sentence on stderr has a mask in its place",
)
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 429, 500, 200])
def test_a_refusal_that_repeats_the_key_is_masked(
    status: int, server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way is taken; also where the words are cut in the middle of it."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARY)
    escaped = "".join(f"\\u{ord(character):04x}" for character in CANARY)
    message = f'"no: {CANARY} {escaped} Missing scopes: {CANARY}, x.read {"y" * 220} {CANARY * 20}"'
    body = f'{{"error": {{"message": {message}, "code": "{CANARY}", "param": "{CANARY}"}}}}'
    headers = {
        "Location": f"https://{CANARY}.example/",
        "Content-Encoding": CANARY,
        "X-Should-Retry": "false",
    }
    if status != 200:
        del headers["Content-Encoding"]
    server.answer = Answer(body.encode(), status=status, headers=headers)
    ran = run("show", "costs", "--range", "2d", "--format", "json")
    assert ran.code in {2, 3, 4}
    assert ran.out == ""
    assert CANARY[:8] not in ran.err


def test_a_header_that_is_none_is_told_without_the_key(
    server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads headers repeats a line that it cannot read."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARY)
    server.answer = Answer(b"{}", headers={f"X {CANARY}": CANARY * 30})
    ran = run("show", "costs", "--range", "2d")
    assert ran.code == 4
    assert CANARY[:8] not in ran.err


@pytest.mark.fault(
    "key",
    "somebody types the key on the command line",
    "no option takes one, and the sentence that refuses it has a mask in its place",
)
@pytest.mark.parametrize(
    "words",
    [
        ("show", "costs", "--key", "{}"),
        ("--api-key={}",),
        ("show", "{}"),
        ("show", "costs", "--range", "{}"),
        ("show", "costs", "--demo", "--output", "{}/x"),
    ],
)
def test_a_key_on_the_command_line_is_not_repeated(words: tuple[str, ...], run: Callable[..., Ran]) -> None:
    """Error output ends in logs."""
    key = "sk-admin-canary0123456789"
    ran = run(*(word.format(key) for word in words))
    assert ran.code == 2
    assert "canary" not in ran.out + ran.err


@pytest.mark.fault(
    "key",
    "key_command: what the program's own processes show in /proc",
    "neither the command's environment and words nor ours hold the key",
)
def test_no_process_shows_the_key(server: Server, run: Callable[..., Ran], home: Path) -> None:
    """The command finds no key where it looks: its environment is ours, and ours has none."""
    code = (
        "import os, pathlib; places = [f'/proc/{one}/{name}' for one in (os.getpid(), os.getppid())"
        " for name in ('cmdline', 'environ')];"
        "texts = [pathlib.Path(place).read_bytes() for place in places];"
        "pathlib.Path(os.environ['HOME'], 'seen').write_bytes(b'\\n'.join(texts));"
        "print('gw-can' + 'ary-from-command')"
    )
    os.environ.pop("OPENAI_ADMIN_KEY")  # the fixture's: the command would not be asked
    config = home / "config" / "usagetop" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"key_command = {json.dumps([sys.executable, '-c', code])}\n")
    server.answer = Answer(b'{"object":"page","data":[],"has_more":false}')
    run("show", "costs", "--range", "2d", "--by", "line_item")
    assert server.asked[0].authorization == "Bearer gw-canary-from-command"
    assert b"PATH=" in (home / "seen").read_bytes()
    assert b"gw-canary" not in (home / "seen").read_bytes()
    assert b"canary-from" not in everything(home).replace(config.read_bytes(), b"")

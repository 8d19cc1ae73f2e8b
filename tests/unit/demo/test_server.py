"""The loopback server: in a test, and as a program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.unit.demo.asking import COSTS, NOW, TODAY
from usagetop.demo import server
from usagetop.demo.__main__ import main
from usagetop.demo.api import respond

QUERY = f"{COSTS}?start_time={TODAY}"


def get(base_url: str, *targets: str, key: str | None = None, method: str = "GET") -> list[tuple[int, bytes]]:
    """Answers over one kept-alive connection."""
    parts = urlsplit(base_url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    answers = []
    try:
        for target in targets:
            headers = {} if key is None else {"Authorization": f"Bearer {key}"}
            connection.request(method, parts.path + target, headers=headers)
            response = connection.getresponse()
            answers.append((response.status, response.read()))
    finally:
        connection.close()
    return answers


def test_the_server_answers_as_the_function_does() -> None:
    """The same bytes over HTTP, several times on one connection."""
    with server.running(scenario="leak", now=NOW) as base_url:
        assert base_url.startswith("http://127.0.0.1:")
        answers = get(base_url, QUERY, QUERY, "/organization/nothing")
    expected = respond("leak", COSTS, [("start_time", str(TODAY))], now=NOW)
    assert answers[0] == answers[1] == (200, expected.body)
    assert answers[2][0] == 404


def test_a_required_key() -> None:
    """Another key, or none, is a 401 that does not repeat it."""
    with server.running(now=NOW, require_key="sk-admin-made-up-for-this-test") as base_url:
        assert get(base_url, QUERY, key="sk-admin-made-up-for-this-test")[0][0] == 200
        assert get(base_url, QUERY)[0][0] == 401
        status, body = get(base_url, QUERY, key="sk-admin-another-key-entirely")[0]
    assert status == 401
    error = json.loads(body)["error"]
    assert error["code"] == "invalid_api_key"
    assert "another" not in error["message"]


def test_only_get_and_only_v1() -> None:
    """Other methods and other roots are refused."""
    settings = server.Settings(now=NOW)
    assert server.answer(settings, "POST", f"/v1{QUERY}", None).status == 405
    assert server.answer(settings, "GET", QUERY, None).status == 404
    assert server.answer(settings, "GET", f"/v1{QUERY}", None).status == 200
    with server.running(now=NOW) as base_url:
        assert get(base_url, QUERY, method="DELETE")[0][0] == 405


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_where_and_ends_cleanly(number: signal.Signals) -> None:
    """One line with the URL, and exit 0 on a signal."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [
        sys.executable,
        "-m",
        "usagetop.demo",
        "--port",
        "0",
        "--now",
        str(NOW),
        "--scenario",
        "steady",
    ]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        assert get(base_url, QUERY)[0][0] == 200
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_a_taken_port_is_one_line_and_exit_4(capsys: pytest.CaptureFixture[str]) -> None:
    """A port in use is said in one line."""
    with server.running(now=NOW) as base_url:
        port = str(urlsplit(base_url).port)
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        try:
            assert main(["--port", port]) == 4
        finally:
            for number, handler in zip((signal.SIGINT, signal.SIGTERM), handlers, strict=True):
                signal.signal(number, handler)
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("words", [["--port", "70000"], ["--latency-ms", "-1"], ["--scenario", "stormy"]])
def test_wrong_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Argparse says what is wrong and exits 2."""
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
    assert capsys.readouterr().err

"""Hosts that may get the key: asked about once, remembered for this user alone, and never trusted by accident."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from usagetop import paths
from usagetop.settings import hosts

GATEWAY = "https://gateway.example/v1"


def _file() -> Path:
    return paths.state_dir() / "hosts.json"


def _write(data: bytes) -> None:
    _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _file().write_bytes(data)


@pytest.mark.parametrize(
    "base_url",
    ["https://api.openai.com/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1"],
)
def test_the_official_host_and_this_machine_are_not_asked_about(base_url: str) -> None:
    """There is nothing to ask."""
    assert hosts.to_ask_about(base_url) == ""


@pytest.mark.fault(
    "key",
    "OPENAI_BASE_URL points to a host that only looks like the official one",
    "the explorer asks once before the key is sent there",
)
@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.openai.com.evil.example/v1",
        "https://eu.api.openai.com/v1",
        "https://openai.com/v1",
        GATEWAY,
    ],
)
def test_any_other_host_is_asked_about_until_it_is_trusted(base_url: str) -> None:
    """Once: the answer is kept, and other hosts stay as they were."""
    host = hosts.to_ask_about(base_url)
    assert host
    assert host in base_url
    hosts.trust(host)
    assert hosts.to_ask_about(base_url) == ""
    assert hosts.to_ask_about("https://other.example/v1") == "other.example"


@pytest.mark.fault(
    "key", "OPENAI_BASE_URL names another port of a known host", "asked about, and shown, with the port"
)
def test_another_port_is_another_service() -> None:
    """Also of the official host; what is asked shows it."""
    hosts.trust("gateway.example")
    assert hosts.to_ask_about("https://gateway.example:8443/v1") == "gateway.example:8443"
    assert hosts.to_ask_about("https://api.openai.com:8443/v1") == "api.openai.com:8443"


def test_trusting_a_second_host_keeps_the_first_and_leaves_no_other_file() -> None:
    """The file is this user's alone."""
    hosts.trust("one.example")
    hosts.trust("two.example")
    assert json.loads(_file().read_bytes()) == ["one.example", "two.example"]
    assert stat.S_IMODE(_file().stat().st_mode) == 0o600
    assert [path.name for path in _file().parent.iterdir()] == ["hosts.json"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b'"gateway.example"',
        b'{"gateway.example": true}',
        b'[1, null, ["gateway.example"]]',
        b"\xff\xfe",
        b"[" * 50_000,
        json.dumps(["gateway.example", "x" * 200_000]).encode(),
    ],
    ids=["empty", "cut", "null", "text", "object", "no texts", "no utf-8", "deep", "huge"],
)
def test_a_broken_file_trusts_nobody_and_is_mended_by_the_next_answer(data: bytes) -> None:
    """Asked again is the worst that can happen."""
    _write(data)
    assert hosts.to_ask_about(GATEWAY) == "gateway.example"
    hosts.trust("gateway.example")
    assert hosts.to_ask_about(GATEWAY) == ""


def test_a_state_directory_that_cannot_be_made_is_no_error() -> None:
    """The answer holds for this run, and the question comes again."""
    paths.state_dir().parent.mkdir(parents=True, exist_ok=True)
    paths.state_dir().write_text("a file in the way", encoding="utf-8")
    hosts.trust("gateway.example")
    assert hosts.to_ask_about(GATEWAY) == "gateway.example"

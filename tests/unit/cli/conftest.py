"""The command line in this process, and a server of the test's own on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import remembering
from tests.unit.cli.server import Server
from usagetop.cli import main
from usagetop.client import retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "sk-admin-canary0123456789abcdef"


@dataclass(frozen=True)
class Ran:
    """How a command ended: exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The JSON on stdout; amounts are strings and counts integers in it."""
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run ``usagetop`` with these words; the key is never in what it prints, nor a traceback."""

    def ran(*words: str, lines: int = 2) -> Ran:
        capsys.readouterr()
        code = main(words)
        printed = capsys.readouterr()
        assert KEY not in printed.out + printed.err
        assert "Traceback" not in printed.out + printed.err
        assert len(printed.err.splitlines()) <= lines, printed.err
        return Ran(code, printed.out, printed.err)

    return ran


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that is asked with a key; retries wait for nothing."""
    monkeypatch.setattr(retry, "backoff", lambda *_: 0.0)
    with Server.running() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
        yield running


@pytest.fixture(scope="session", autouse=True)
def pages() -> Iterator[None]:
    """The demo's pages are made and read once."""
    with remembering.pages():
        yield

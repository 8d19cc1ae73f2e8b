"""The configuration file and the server's address: read strictly, each mistake named with its place."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.errors import ConfigError, UsagetopError
from usagetop.paths import config_file
from usagetop.settings import (
    DEFAULT_BASE_URL,
    Budget,
    Settings,
    is_loopback,
    is_official,
    load_settings,
    normalise,
)
from usagetop.settings.address import host_of

FULL = """
default_profile = "work"
theme = "usagetop-light"
zone = "Europe/Berlin"
key_file = "default-key"
base_url = "https://Gateway.Example:443/v1/"
budgets = [{ name = "team", amount = 500.50, scope = "proj_1" }, { name = "all", amount = "1000", currency = "EUR" }]

[profile.work]
key_command = ["pass", "show", "openai/admin"]

[profile.home]
base_url = "http://127.0.0.1:8080/v1"

[keys]
refresh = "f5"
quit = ["q", "x"]
"""


def write(text: str) -> Path:
    """The configuration file."""
    place = config_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    place.chmod(0o600)
    return place


def test_without_a_file_the_defaults_hold() -> None:
    """Nothing set: the official server, no key, UTC."""
    assert load_settings({}) == Settings()
    assert Settings().base_url == DEFAULT_BASE_URL


def test_a_full_file() -> None:
    """The chosen profile lies over the defaults; one with a key of its own drops the defaults' key."""
    place = write(FULL)
    settings = load_settings({})
    assert settings == Settings(
        profile="work",
        base_url="https://gateway.example/v1",
        key_command=("pass", "show", "openai/admin"),
        budgets=(Budget("team", Decimal("500.5"), "proj_1"), Budget("all", Decimal(1000), currency="eur")),
        keys={"refresh": ("f5",), "quit": ("q", "x")},
        theme="usagetop-light",
        zone="Europe/Berlin",
    )
    home = load_settings({}, profile="home")
    assert home.base_url == "http://127.0.0.1:8080/v1"
    assert (home.key_file, home.key_command) == (place.parent / "default-key", ())


def test_settings_are_frozen() -> None:
    """What holds for a run does not change in it."""
    with pytest.raises(AttributeError):
        Settings().theme = "x"  # type: ignore[misc]
    write(FULL)
    with pytest.raises(TypeError):
        load_settings({}).keys["quit"] = ()  # type: ignore[index]


def test_the_environment_comes_before_the_file() -> None:
    """For the address too."""
    write(FULL)
    assert (
        load_settings({"OPENAI_BASE_URL": "https://other.example/v1"}).base_url == "https://other.example/v1"
    )
    assert load_settings({"OPENAI_BASE_URL": " "}).base_url == "https://gateway.example/v1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "colour"),
        ("[profile.work]\nkee_file = 'x'", "profile.work.kee_file"),
        ("profile = 'work'", "profile"),
        ("default_profile = 'nobody'", "nobody"),
        ("key_command = 'pass show x'", "key_command"),
        ("key_command = []", "key_command"),
        ("key_command = ['']", "key_command"),
        ("key_command = ['a', 5]", "key_command"),
        ("key_file = 5", "key_file"),
        ("key_file = '~nobody-of-that-name/x'", "key_file"),
        ("base_url = 'http://example.com'", "base_url"),
        ("budgets = 5", "budgets"),
        ("budgets = [{ name = 'x' }]", "budgets.amount"),
        ("budgets = [{ name = 'x', amount = -1 }]", "budgets.amount"),
        ("budgets = [{ name = 'x', amount = nan }]", "budgets.amount"),
        ("budgets = [{ amount = 1 }]", "budgets.name"),
        ("budgets = [{ name = 'x', amount = 1, max = 2 }]", "budgets.max"),
        ("default_profile = 'w'\n[profile.w]\nbudgets = [{ amount = 1 }]", "profile.w.budgets.name"),
        ("keys = 5", "keys"),
        ("[keys]\nquit = 5", "keys.quit"),
        ("[keys]\nquit = ['']", "keys.quit"),
        ("theme = 5", "theme"),
        ('theme = "a\\u001bb"', "theme"),
        ("zone = 'Europe/Nowhere'", "zone"),
        ("zone = '../../etc/passwd'", "zone"),
        ("theme = ", "Invalid value"),
        ("theme = 'x'\ntheme = 'y'\n", "line 2"),
        ('"a\\u001b[31mb" = 1', "a␛[31mb"),
        ("x = " + "[" * 5000, "configuration"),
        ("x = 1e99999999999999999999", "configuration"),
    ],
)
def test_mistakes_are_named(text: str, words: str) -> None:
    """One or two lines with the place in them, exit 2."""
    write(text)
    with pytest.raises(ConfigError) as caught:
        load_settings({})
    lines = caught.value.lines()
    assert words in lines[0]
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    assert caught.value.exit_code == 2


def test_files_that_cannot_be_read() -> None:
    """Not UTF-8, a directory, too large."""
    place = write("")
    place.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings({})
    place.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="1 MB"):
        load_settings({})
    place.unlink()
    place.mkdir()
    with pytest.raises(ConfigError, match="directory"):
        load_settings({})


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_command_is_not_taken_from_a_file_that_others_can_change(mode: int) -> None:
    """They could run what they like."""
    place = write("key_command = ['true']")
    place.chmod(mode)
    with pytest.raises(ConfigError, match="others can change"):
        load_settings({})
    place.write_text("theme = 'x'")
    assert load_settings({}).theme == "x"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("HTTPS://API.OpenAI.com:443/v1/", "https://api.openai.com/v1"),
        ("https://api.openai.com", "https://api.openai.com"),
        ("https://example.com:8443/a/b//", "https://example.com:8443/a/b"),
        ("http://localhost:80/v1", "http://localhost/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.8.8/v1", "http://127.8.8.8/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://[2001:DB8:0:0::1]/v1", "https://[2001:db8::1]/v1"),
    ],
)
def test_addresses_have_one_form(text: str, form: str) -> None:
    """The form is also what the cache goes by."""
    assert normalise(text, source="X") == form
    assert normalise(form, source="X") == form


@pytest.mark.fault(
    "key",
    "OPENAI_BASE_URL is plain http to another machine, holds a password, a query, or is no address",
    "refused, and not shown",
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.openai.com/v1",
        "ftp://example.com",
        "file:///etc/passwd",
        "http://example.com/v1",
        "http://10.0.0.1/v1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.1/v1",
        "https://user:secret@example.com",
        "https://user@example.com",
        "https://@example.com",
        "https://api.openai.com\\@evil.example",
        "https://example.com/v1?key=1",
        "https://example.com/v1?",
        "https://example.com/v1#x",
        "https://example.com:99999",
        "https://example.com:port",
        "https://:443/",
        "https:///v1",
        "https://exa mple.com",
        "https://example.com/\n",
        "https://exämple.com",
        "https://[::1",
        "https://[zz]/",
        "https://-bad.example",
        "https://a..b",
        "https://example.com/../x",
        "https://example.com/a;b|c",
        "https://" + "a" * 3000,
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    """The key would go there; the sentence does not show a password."""
    with pytest.raises(ConfigError, match="SOURCE cannot be used") as caught:
        normalise(text, source="SOURCE")
    assert "secret" not in "".join(caught.value.lines())


@pytest.mark.fault(
    "key",
    "OPENAI_BASE_URL is any text at all",
    "an https address or this machine, or a sentence (property test)",
)
@given(
    st.text(max_size=30),
    st.sampled_from(["", "https://", "http://localhost", "https://a.b/", "https://a.b:"]),
)
def test_any_text_is_an_address_or_a_sentence(text: str, start: str) -> None:
    """Whatever is accepted keeps its form, and plain http stays on this machine."""
    try:
        form = normalise(start + text, source="X")
    except UsagetopError:
        return
    assert normalise(form, source="X") == form
    assert form.startswith("https://") or is_loopback(form)
    assert host_of(form)


def test_whose_server_it_is() -> None:
    """Official is one host over TLS, nothing that looks like it."""
    assert is_official(DEFAULT_BASE_URL)
    for other in (
        "https://api.openai.com.evil.example/v1",
        "https://api.openai.com:8443/v1",
        "http://localhost/v1",
    ):
        assert not is_official(other)
    assert is_loopback("http://127.0.0.1:8080/v1")
    assert is_loopback("https://[::1]/v1")
    assert not is_loopback(DEFAULT_BASE_URL)
    assert host_of("https://[::1]:8080/v1") == "::1"


def test_the_file_of_the_environment_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument the process's own environment is read."""
    monkeypatch.setitem(os.environ, "OPENAI_BASE_URL", "https://own.example")
    assert load_settings().base_url == "https://own.example"

"""Base URLs: where the admin key will be sent, so they are read strictly and kept in one form."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from usagetop.errors import ConfigError
from usagetop.model.text import label

DEFAULT_BASE_URL = "https://api.openai.com/v1"
OFFICIAL_HOST = "api.openai.com"
_DEFAULT_PORTS = {"https": 443, "http": 80}
_LONGEST = 2_000
_HOST = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?")
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")


def normalise(text: str, *, source: str) -> str:
    """The one form of a base URL: lower-case scheme and host, no default port, no slash at the end.

    ``source`` names where it came from (``OPENAI_BASE_URL``). Raises ConfigError for plain http to another
    machine, for names and passwords in it, queries, fragments, and whatever is not an address.
    """
    parts = _split(text, source)
    scheme = parts.scheme
    host = _host(parts, source)
    if scheme == "http" and not _is_loopback_host(host):
        raise _refused(
            source, "plain http would send the key readable", "Use https (http is for this machine)"
        )
    if not _PATH.fullmatch(parts.path) or any(step in {".", ".."} for step in parts.path.split("/")):
        raise _refused(source, "its path holds what a path should not")
    try:
        port = parts.port
    except ValueError:
        raise _refused(source, "its port is not a number up to 65535") from None
    shown = f"[{host}]" if ":" in host else host
    place = shown if port in {None, _DEFAULT_PORTS[scheme]} else f"{shown}:{port}"
    return f"{scheme}://{place}{parts.path.rstrip('/')}"


def _split(text: str, source: str) -> SplitResult:
    """The parts of an address that has no more of them than a base URL may have."""
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or set(text) & set(' \\"<>^`{|}'):
        raise _refused(source, "it holds blanks or characters that no address has")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _refused(source, "it is not an address") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise _refused(source, "it does not begin with https://")
    if "@" in parts.netloc:
        raise _refused(source, "it holds a name or password", "Leave out what stands before the @")
    if "?" in text or "#" in text:
        raise _refused(source, "it holds a query or fragment", "Leave out what stands from ? or # on")
    return parts


def _host(parts: SplitResult, source: str) -> str:
    """The host in lower case: a name, or an IP address in its short form."""
    host = (parts.hostname or "").lower()
    if ":" in host:
        from ipaddress import IPv6Address

        try:
            return IPv6Address(host).compressed
        except ValueError:
            raise _refused(source, "its host is not an address") from None
    if not _HOST.fullmatch(host):
        raise _refused(source, "it has no readable host")
    return host


def _is_loopback_host(host: str) -> bool:
    if host == "localhost":
        return True
    if not host.startswith("127.") and ":" not in host:
        return False  # the common case, without a module
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(base_url: str) -> str:
    """The host of a normalised base URL."""
    return urlsplit(base_url).hostname or ""


def place_of(base_url: str) -> str:
    """The host of a normalised base URL, with its port where that is not the usual one: another service."""
    return urlsplit(base_url).netloc


def is_official(base_url: str) -> bool:
    """Whether a normalised base URL is OpenAI's own server."""
    parts = urlsplit(base_url)
    return parts.scheme == "https" and parts.netloc == OFFICIAL_HOST


def is_loopback(base_url: str) -> bool:
    """Whether a normalised base URL is this machine."""
    return _is_loopback_host(host_of(base_url))


def _refused(source: str, why: str, mend: str = "") -> ConfigError:
    """The address itself is not shown: it may hold a password."""
    return ConfigError(
        f"{label(source)} cannot be used", why=why, mend=mend or f"An address is like {DEFAULT_BASE_URL}"
    )

"""From a refusal to a sentence: status, headers and body become an error of ``usagetop.errors``.

Bodies come in three envelopes (``shared/fixtures/error_bodies.json``): ``{"error": {"message", "type",
"param", "code"}}``, ``{"error": "text"}``, and whatever a gateway on the way says (HTML, plain text). The
server's words are drawable, short, and without anything that looks like a key before they go anywhere.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from usagetop.client.exchange import Raw
from usagetop.errors import (
    AccessError,
    GroupingRefused,
    KeyRefused,
    NetworkFailed,
    NotServed,
    RateLimited,
    RequestRefused,
    ScopeMissing,
    ServerFailed,
    UsagetopError,
)
from usagetop.model.secret import hidden
from usagetop.model.text import label

MOST_WORDS = 300
ADMIN_KEYS = "https://platform.openai.com/settings/organization/admin-keys"
_SCOPES = re.compile(r"missing scopes?:\s*([a-z0-9_.:*]+(?:\s*,\s*[a-z0-9_.:*]+)*)", re.IGNORECASE)
_GROUPING = re.compile(r"group[_ -]?by|grouping", re.IGNORECASE)
_MOST_BODY = 65_536
_REDIRECTS = range(300, 400)
_NOT_SERVED = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.NOT_IMPLEMENTED}
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a refusal's body says: raw text and fields, and whether it was a web page."""

    message: str = ""
    param: str = ""
    code: str = ""
    is_page: bool = False

    @property
    def drawable(self) -> str:
        """The server's words, fit to be shown."""
        return drawable(self.message)


def drawable(text: str) -> str:
    """Text of the server as one short line without control characters and without anything like a key."""
    # Masked before it is cut: half a key is still half a key.
    return label(hidden(" ".join(text[:_MOST_BODY].split())), most=MOST_WORDS).rstrip(" .")


def said(body: bytes) -> Said:
    """What a body says, whichever envelope it came in; empty where it says nothing."""
    text = body[:_MOST_BODY].decode("utf-8", "replace").strip().lstrip("\ufeff")
    if text.startswith("<"):
        return Said(is_page=True)
    try:
        envelope: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Said(message=text)
    error = envelope.get("error", envelope) if isinstance(envelope, dict) else envelope
    if isinstance(error, dict):
        message = error.get("message", error.get("detail"))
        return Said(_text(message), _text(error.get("param")), _text(error.get("code")))
    return Said(_text(error))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def refusal(raw: Raw, *, what: str, project_key: bool = False) -> UsagetopError:
    """The error of a response whose status is not 200.

    ``what`` names what was asked for (``costs``). ``project_key`` adds the hint that the key in use is one
    of a project. The wait of a 429 is known to the gateway, which adds it.
    """
    words, status = said(raw.body), raw.status
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return _access(status, words, what, project_key=project_key)
    if status in _REDIRECTS:
        return _redirect(raw)
    if status in _NOT_SERVED:
        return NotServed(
            f"{what} is not served here ({status})",
            why=words.drawable,
            mend="This server has no such endpoint; look at OPENAI_BASE_URL, or at another category",
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _server_fault(status, words)
    if status >= HTTPStatus.BAD_REQUEST:
        return _wrong_request(status, words)
    return not_this_api(f"status {status}")


def not_this_api(why: str) -> ServerFailed:
    """Something answered, but not this API."""
    return ServerFailed(
        "not an answer of this API",
        why=why,
        mend="Look at OPENAI_BASE_URL; a login page or proxy may stand in between",
    )


def rate_limited(why: str, retry_after: float | None = None, *, again: str = "") -> RateLimited:
    """A 429; ``again`` says when to try again where it is known."""
    mend = f"Try again {again}" if again else "Wait a minute, then try again"
    return RateLimited("the server asks to slow down (429)", why=why, mend=mend, retry_after=retry_after)


def _scopes(message: str) -> tuple[str, ...]:
    """The scopes of ``Missing scopes: api.usage.read, …``."""
    found = _SCOPES.search(message[:_MOST_BODY])
    if not found:
        return ()
    names = (drawable(name.strip().strip(".")) for name in found[1].split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _access(status: int, words: Said, what: str, *, project_key: bool) -> AccessError:
    """401 and 403. The scope text has been seen with both [L]."""
    scopes = _scopes(words.message)
    kind = "This is a project key; an admin key (sk-admin-…)" if project_key else "An admin key (sk-admin-…)"
    if scopes:
        listed = ", ".join(scopes)
        return ScopeMissing(
            f"the key may not read {what} ({status})",
            why=f"missing scopes: {listed}",
            mend=f"{kind} with {listed} can be made at {ADMIN_KEYS}",
            scopes=scopes,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        why = words.drawable or ("a web page came, not the API" if words.is_page else "")
        return KeyRefused(
            "the key is refused (401)", why=why, mend=f"{kind} is needed; make one at {ADMIN_KEYS}"
        )
    if words.is_page:
        return AccessError(
            "access is refused (403)",
            why="a web page came, not the API",
            mend="Something on the way (proxy, firewall) or the network's country may be the reason",
        )
    return ScopeMissing(
        f"the key may not read {what} (403)",
        why=words.drawable,
        mend=f"{kind} with the scope api.usage.read can be made at {ADMIN_KEYS}",
    )


def _redirect(raw: Raw) -> ServerFailed:
    """A redirect is never followed: it could carry the key elsewhere."""
    host = ""
    with suppress(ValueError):
        host = drawable(urlsplit(raw.headers.get("location", "")).hostname or "")
    return redirected(f" ({raw.status})" + (f" to {host}" if host else ""))


def redirected(where: str) -> ServerFailed:
    """A redirect; ``where`` says with which status and to which host (drawable), where that is known."""
    return ServerFailed(
        f"the server redirects{where}",
        why="redirects are not followed",
        mend="Look at OPENAI_BASE_URL; a login page may stand in between",
    )


def _server_fault(status: int, words: Said) -> ServerFailed:
    why = words.drawable or ("a web page came, not the API" if words.is_page else "")
    return ServerFailed(f"the server failed ({status})", why=why, mend="Try again later")


def _wrong_request(status: int, words: Said) -> UsagetopError:
    """400 and the rest of 4xx: understood, and called wrong."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return rate_limited(words.drawable)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return NetworkFailed(
            "the proxy asks for a name and password (407)", mend="Put them into HTTPS_PROXY, or use another"
        )
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}:
        return ServerFailed(f"the server gave up ({status})", why=words.drawable, mend="Try again later")
    param = drawable(words.param)
    if _GROUPING.search(words.param) or _GROUPING.search(words.message[:_MOST_BODY]):
        return GroupingRefused(
            f"the server refuses this grouping ({status})",
            why=words.drawable,
            mend="Choose other dimensions (--by), a later range, or let it choose (--fallback)",
            param=param,
        )
    why = words.drawable or (f"parameter {param}" if param else "it does not say why")
    return RequestRefused(
        f"the server refuses the request ({status})",
        why=why,
        mend="Choose another range, filter or grouping",
        param=param,
    )

"""How the API says no: the recorded envelopes, as exceptions that ``api.respond`` turns into answers."""

from __future__ import annotations

import json
from typing import NoReturn

_PERMISSION = (
    "You have insufficient permissions for this operation. Missing scopes: {scope}. Check that you have the "
    "correct role in your organization (Reader, Writer, Owner) and project (Viewer, Member, Owner), and if "
    "you're using a restricted API key, that it has the necessary scopes."
)
INVALID = "invalid_request_error"


class Refusal(Exception):
    """An answer that is not 200: ``status`` and the JSON ``body``."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def _envelope(status: int, message: str, kind: str, param: str | None, code: str | None) -> Refusal:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return Refusal(status, json.dumps({"error": error}).encode())


def refuse(message: str, param: str | None = None, code: str | None = INVALID) -> NoReturn:
    """Raise a 400 in the usual envelope."""
    raise _envelope(400, message, INVALID, param, code)


def refuse_value(param: str, value: str, choices: tuple[str, ...]) -> NoReturn:
    """Raise the 400 of a value that is none of the choices, which it lists."""
    supported = ", ".join(f"'{choice}'" for choice in choices)
    refuse(f"Invalid value: '{value}'. Supported values are: {supported}.", param, "invalid_value")


def not_found(path: str) -> Refusal:
    """The 404 of a path that is not served."""
    return _envelope(404, f"Invalid URL (GET /v1{path})", INVALID, None, None)


def no_such(what: str, identifier: str) -> Refusal:
    """The 404 of something that does not exist (a project, a limit that nobody set)."""
    return _envelope(404, f"No such {what}: {identifier}", INVALID, None, "not_found")


def not_allowed(method: str) -> Refusal:
    """The 405 of anything but GET."""
    return _envelope(405, f"Not allowed to {method} on this path.", INVALID, None, "method_not_supported")


def missing_scope(scope: str) -> Refusal:
    """The 403 whose error is a bare string."""
    return Refusal(403, json.dumps({"error": _PERMISSION.format(scope=scope)}).encode())


def wrong_key(key: str) -> Refusal:
    """The 401 of a key that is not known; it quotes no more of the key than the API does."""
    shown = f"{key[:8]}***{key[-4:]}" if len(key) > 16 else "***"  # noqa: PLR2004 - long enough to be cut
    message = (
        f"Incorrect API key provided: {shown}. "
        "You can find your API key at https://platform.openai.com/account/api-keys."
    )
    return _envelope(401, message, INVALID, None, "invalid_api_key")


def overloaded() -> Refusal:
    """The 503 of an endpoint that a gateway cannot reach."""
    message = "The engine is currently overloaded, please try again later."
    return _envelope(503, message, "server_error", None, None)

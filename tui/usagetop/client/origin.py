"""Where the answers come from: a server with its key, or the embedded demo organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from usagetop.model.secret import Secret

Params = Sequence[tuple[str, str]]
# Path below the base URL and parameters → status, headers, body. Pure, but it computes: it runs in a thread.
Handler = Callable[[str, Params], tuple[int, Mapping[str, str], bytes]]


class Origin(NamedTuple):
    """A normalised base URL and the key for it.

    ``base_url`` is also what is shown (``https://api.openai.com/v1`` or ``demo:spike``). A ``handler`` means
    the demo organization: no network, no httpx, no key.
    """

    base_url: str
    key: Secret | None = None
    handler: Handler | None = None

"""httpx, and nothing else: the one module that knows it.

One ``AsyncClient`` a session, keep-alive, no redirects, the key in an ``httpx.Auth`` that gives it to the
configured origin only. Bodies are read raw and unpacked here with a cap, because httpx unpacks a whole chunk
at once: 64 KB on the wire can be 64 MB, and with two codings 64 GB.
"""

from __future__ import annotations

import os
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from usagetop import __version__
from usagetop.client.exchange import Raw
from usagetop.client.faults import AnswerTooLarge, BrokenBody, Transient
from usagetop.client.masking import Mask
from usagetop.client.origin import Origin, Params
from usagetop.client.refusals import drawable, redirected
from usagetop.errors import ConfigError, NetworkFailed

if TYPE_CHECKING:
    from usagetop.model.secret import Secret

CONNECT_SECONDS = 5.0
MOST_BODY = 32_000_000
# Of a refusal only the words are wanted.
_MOST_REFUSAL = 65_536
_PROXIES = "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY"
_STATUS_OK = 200
_GZIP = zlib.MAX_WBITS | 16


class _Bearer(httpx.Auth):
    """Puts the key into requests to one origin, and into no other."""

    def __init__(self, origin: httpx.URL, key: Secret) -> None:
        self._origin = (origin.scheme, origin.host, origin.port)
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the Authorization header where it belongs."""
        url = request.url
        if (url.scheme, url.host, url.port) == self._origin:
            request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


class LiveExchange:
    """One server over the network.

    ``transport`` replaces the network in tests. The client is made when first asked, so that its cost and
    its faults (proxy and certificate variables) fall on the first request.
    """

    def __init__(self, origin: Origin, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base = origin.base_url
        self._auth = _Bearer(httpx.URL(origin.base_url), origin.key) if origin.key else None
        self._mask = Mask(origin.key)
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def send(self, path: str, params: Params) -> Raw:
        """GET ``path`` below the base URL; raises Transient, AnswerTooLarge, NetworkFailed, ConfigError."""
        client = self._opened()
        try:
            async with client.stream("GET", self._base + path, params=list(params)) as response:
                body = await self._body(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Raw(response.status_code, headers, body)
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise _fault(error, self._mask.text) from None
        # A port that is none: that of the server was looked at before.
        except (ExceptionGroup, OverflowError):
            raise _bad_proxy("a port is a number up to 65535") from None
        except httpx.InvalidURL:
            raise NetworkFailed("the address cannot be asked", mend="Look at OPENAI_BASE_URL") from None

    async def aclose(self) -> None:
        """Close the connections; asking again opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        """The unpacked body; of a refusal its beginning, however it goes on: its status is what counts."""
        if response.status_code == _STATUS_OK:
            return await _read(response, MOST_BODY)
        with suppress(Transient, AnswerTooLarge):
            return await _read(response, _MOST_REFUSAL)
        return b""

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._open()
        return self._client

    def _open(self) -> httpx.AsyncClient:
        loopback = httpx.URL(self._base).scheme == "http"
        # Plain http needs no certificates, which take longer to read than a page to come.
        verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if loopback or self._transport else _certificates()
        try:
            return httpx.AsyncClient(
                auth=self._auth,
                headers={
                    "Accept": "application/json",
                    # What _unpack can stop in time.
                    "Accept-Encoding": "gzip",
                    "User-Agent": f"usagetop/{__version__}",
                },
                verify=verify,
                # Plain http is for this machine: through a proxy the key would travel open.
                trust_env=not loopback,
                follow_redirects=False,
                timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # the gateway has the total deadline
                transport=self._transport,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            hint = "socks needs the package socksio" if isinstance(error, ImportError) else ""
            raise _bad_proxy(hint) from None


def _bad_proxy(why: str) -> ConfigError:
    """The values are not shown: they may hold a password."""
    mend = f"Look at {_PROXIES} and NO_PROXY: a value is like http://proxy.example:3128"
    return ConfigError("the proxy setting cannot be used", why=why, mend=mend)


def _certificates() -> ssl.SSLContext:
    """The context that ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` asks for, else httpx's own choice."""
    file, folders = os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", "")
    try:
        # To open anything but a file could block for ever (a pipe), or read without an end (a device).
        if file and not Path(file).is_file():
            raise ConfigError(
                "SSL_CERT_FILE names no file that is there", mend="Correct or unset SSL_CERT_FILE"
            )
        if folders and not any(Path(folder).is_dir() for folder in folders.split(os.pathsep)):
            raise ConfigError(
                "SSL_CERT_DIR names no folder that is there", mend="Correct or unset SSL_CERT_DIR"
            )
        return httpx.create_ssl_context()
    except (OSError, ssl.SSLError, ValueError) as error:
        raise ConfigError(
            "the certificates cannot be read",
            why=drawable(str(error)),
            mend="Correct or unset SSL_CERT_FILE and SSL_CERT_DIR",
        ) from None


async def _read(response: httpx.Response, most: int) -> bytes:
    """The unpacked body; raises AnswerTooLarge past ``most`` bytes, BrokenBody for an unknown coding."""
    coding = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise Transient(BrokenBody("an unknown coding"), "broken answer")
    chunks: list[bytes] = []
    size = 0
    pieces = response.aiter_raw() if coding == "identity" else _unpack(response.aiter_raw(), most)
    async for piece in pieces:
        size += len(piece)
        if size > most:
            raise AnswerTooLarge(most)
        chunks.append(piece)
    return b"".join(chunks)


async def _unpack(packed: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """Gunzip piece by piece, never more than ``most`` + 1 bytes at a time; several members follow one another."""
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        async for chunk in packed:
            rest = chunk
            while rest:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits=_GZIP)
                yield unpacker.decompress(rest, most + 1)
                rest = unpacker.unused_data
    except zlib.error:
        raise Transient(BrokenBody("its compression is damaged"), "broken answer") from None
    if not unpacker.eof:
        raise Transient(BrokenBody("it was cut"), "cut answer")


def _fault(error: Exception, masked: Callable[[str], str]) -> Exception:
    """The fault of the network behind an exception of httpx: to be tried again, or final.

    Its words may repeat what the server sent: ``masked`` takes the key out of them.
    """
    text = drawable(masked(str(error)))
    if isinstance(error, httpx.ProxyError):
        # Its status alone: a proxy may say anything, the password that it was given among it.
        status = text[:3] if text[:3].isdecimal() else ""
        why = "it asks for a name and password (407)" if status == "407" else status
        return NetworkFailed("the proxy refuses", why=why, mend=f"Look at {_PROXIES} and NO_PROXY")
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return NetworkFailed(
            "the server's certificate is not trusted",
            why=text,
            mend="A proxy may stand in between: name its certificate in SSL_CERT_FILE",
        )
    if "in location header" in text:  # httpx reads where a redirect leads, though nobody goes there
        return redirected("")
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        late = isinstance(error, httpx.ConnectTimeout)
        return Transient(
            unreachable("no connection within 5 s" if late else _reason(error, masked)), "no connection"
        )
    if isinstance(error, httpx.UnsupportedProtocol):
        return NetworkFailed("the address cannot be asked", why=text, mend="Look at OPENAI_BASE_URL")
    return Transient(
        NetworkFailed("the connection broke", why=text, mend="Try again"), "the connection broke"
    )


def _reason(error: BaseException, masked: Callable[[str], str]) -> str:
    """The system's own words at the bottom of an exception: "Connection refused", not "all attempts failed"."""
    words = str(error)
    below = error.__cause__ or error.__context__
    while below is not None:
        words = getattr(below, "strerror", None) or words
        if words.startswith("Connect call failed") and isinstance(below, OSError) and below.errno:
            words = os.strerror(below.errno)  # asyncio puts the address in the place of the reason
        below = below.__cause__ or below.__context__
    return drawable(masked(words)) or "no connection"


def unreachable(why: str) -> NetworkFailed:
    """Nobody answers at the address."""
    return NetworkFailed(
        "the server cannot be reached", why=why, mend="Look at the network, or open what is stored: --offline"
    )

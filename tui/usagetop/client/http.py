"""The gateway: every request of a session goes through it, with retries, pauses and deadlines.

It knows neither httpx (``live``) nor what an answer means (``wire``). What it promises: at most three tries, a
total deadline however slowly an answer drips, one shared pause after a 429, and that every wait can be
cancelled at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from usagetop.client import retry
from usagetop.client.clocks import skew_text
from usagetop.client.events import Event, Resumed, Retrying
from usagetop.client.exchange import DemoExchange, Exchange, Raw
from usagetop.client.faults import BrokenBody, Transient
from usagetop.client.gate import Clock, Gate, LongPause, Sleep
from usagetop.client.masking import Mask
from usagetop.client.origin import Origin, Params
from usagetop.client.refusals import not_this_api, rate_limited, refusal, said
from usagetop.errors import GroupingRefused, NetworkFailed, RequestRefused, ServiceError, UsagetopError

if TYPE_CHECKING:
    import httpx

DEADLINE = 30.0
# Below this an answer is read at once; above, in a thread, because a person may be typing meanwhile.
_SMALL = 16_384
# A server may ask for years; after this long it is asked again when a person wants it.
_LONGEST_PAUSE = 3_600.0
_STATUS_OK, _STATUS_LIMITED = 200, 429

T = TypeVar("T")
Reader = Callable[[bytes], T]


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """A good answer: what the reader made of the body.

    ``date`` is the server's clock in UTC seconds where it gave a ``Date`` header. ``requests`` counts the
    tries that it took.
    """

    value: T
    date: int | None
    requests: int


class Gateway:
    """Asks one origin. ``on_event`` hears of retries and waits.

    ``sleep``, ``clock`` (monotonic seconds), ``wall`` (UTC seconds), ``uniform`` and ``transport`` are for
    tests. ``deadline`` is how long one answer may take in all its tries, the waits in between not counted.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        on_event: Callable[[Event], None] | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
        wall: Clock = time.time,
        uniform: Callable[[float, float], float] = random.uniform,
        deadline: float = DEADLINE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.origin = origin
        self.on_event = on_event
        self.requests = 0
        self._sleep = sleep
        self._clock = clock
        self._wall = wall
        self._uniform = uniform
        self._deadline = deadline
        self._transport = transport
        self._mask = Mask(origin.key)
        self._gate = Gate(sleep=sleep, clock=clock)
        self._exchange: Exchange | None = None

    @property
    def limited(self) -> bool:
        """Whether a 429 was seen lately: do not ask for more than a person waits for."""
        return self._gate.limited

    async def get(
        self,
        path: str,
        params: Params,
        *,
        what: str,
        read: Reader[T],
        on_answer: Callable[[], None] | None = None,
    ) -> Reply[T]:
        """The answer at ``path``, read by ``read`` (in a thread when it is large).

        ``what`` names it in sentences (``costs``). ``read`` raises BrokenBody for what is not whole JSON;
        that is retried like a lost connection. ``on_answer`` hears that a good answer is here, before it is
        read: the next question need not wait for that. Raises errors of ``usagetop.errors``, after the retries.
        """
        spent, sent = 0.0, 0
        try:
            for attempt in range(1, retry.TRIES + 1):
                began = self._clock()
                try:
                    async with self._gate.passing():
                        began = self._clock()
                        self.requests += 1
                        sent += 1
                        raw = await self._send(path, params, self._deadline - spent)
                    value = await self._judged(raw, what, read, on_answer)
                except LongPause as pause:
                    again = self._moment(pause.left)
                    raise rate_limited("it asked for a long pause", pause.left, again=again) from None
                except Transient as fault:
                    spent += self._clock() - began
                    seconds = retry.backoff(attempt, self._uniform) if fault.wait is None else fault.wait
                    if fault.limited:
                        self._gate.pause(seconds)
                    if attempt == retry.TRIES or spent >= self._deadline:
                        raise fault.error from None
                    self._tell(Retrying(fault.reason, seconds, attempt))
                    if not fault.limited:  # after a 429 everybody waits, at the gate
                        await self._sleep(seconds)
                else:
                    if attempt > 1:
                        self._tell(Resumed(attempt))
                    return Reply(value, retry.http_date(raw.headers.get("date", "")), sent)
        except UsagetopError as error:
            error.requests = sent
            raise
        raise AssertionError  # pragma: no cover - the last try returns or raises

    async def aclose(self) -> None:
        """Close the connections."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            await exchange.aclose()

    def _opened(self) -> Exchange:
        if self._exchange is None:
            if self.origin.handler is not None:
                self._exchange = DemoExchange(self.origin.handler)
            else:
                from usagetop.client.live import LiveExchange

                self._exchange = LiveExchange(self.origin, transport=self._transport)
        return self._exchange

    async def _send(self, path: str, params: Params, seconds: float) -> Raw:
        """One try within what is left of the deadline."""
        try:
            async with asyncio.timeout(seconds):
                return await self._opened().send(path, params)
        except TimeoutError:
            raise NetworkFailed(
                "the server is too slow",
                why=f"no whole answer within {self._deadline:g} s",
                mend="Try again, ask for a shorter range, or open what is stored: --offline",
            ) from None

    async def _judged(self, raw: Raw, what: str, read: Reader[T], on_answer: Callable[[], None] | None) -> T:
        """What the reader makes of a good answer; raises Transient or the error of a refusal."""
        if raw.status != _STATUS_OK:
            raise self._refused(self._without_key(raw), what)
        if said_page(raw.body):
            raise not_this_api("a web page came")
        if on_answer is not None:
            on_answer()

        def masked() -> T:
            return read(self._mask.answer(raw.body))

        try:
            return masked() if len(raw.body) <= _SMALL else await asyncio.to_thread(masked)
        except BrokenBody as error:
            raise Transient(error, "broken answer") from None

    def _refused(self, raw: Raw, what: str) -> Exception:
        """The error of a refusal, as Transient where it is worth another try."""
        limited = raw.status == _STATUS_LIMITED
        wait = retry.asked_wait(raw.headers, self._wall())
        if limited:
            error: UsagetopError = rate_limited(said(raw.body).drawable, wait)
        else:
            error = refusal(raw, what=what, project_key=self._is_project_key())
            # A range that reaches into the server's future is refused: then the clock is to blame, not the range.
            skewed = skew_text(retry.http_date(raw.headers.get("date", "")), int(self._wall()))
            if skewed and isinstance(error, RequestRefused) and not isinstance(error, GroupingRefused):
                error.mend = f"Set the clock: {skewed}"
        if not retry.is_retried(raw.status, raw.headers):
            if limited:
                self._gate.pause(
                    retry.backoff(1, self._uniform) if wait is None else min(wait, _LONGEST_PAUSE)
                )
            return error
        if wait is not None and wait > retry.MOST_WAIT:
            if limited:
                self._gate.pause(min(wait, _LONGEST_PAUSE))
                return rate_limited(said(raw.body).drawable, wait, again=self._moment(wait))
            if isinstance(error, ServiceError):
                error.mend = f"Try again {self._moment(wait)}"
            return error
        return Transient(error, str(raw.status), wait=wait, limited=limited)

    def _tell(self, event: Event) -> None:
        if self.on_event is not None:
            self.on_event(event)

    def _moment(self, seconds: float) -> str:
        """``at 08:26Z`` for a time today, with the day otherwise, and honest words for absurd waits."""
        try:
            moment = datetime.fromtimestamp(self._wall() + seconds, UTC)
            today = datetime.fromtimestamp(self._wall(), UTC).date()
        except (ValueError, OverflowError, OSError):
            return "another day"
        return moment.strftime("at %H:%MZ" if moment.date() == today else "on %Y-%m-%d at %H:%MZ")

    def _without_key(self, raw: Raw) -> Raw:
        """A refusal with the key masked, should a server repeat it."""
        headers = {name: self._mask.text(value) for name, value in raw.headers.items()}
        return Raw(raw.status, headers, self._mask.refusal(raw.body))

    def _is_project_key(self) -> bool:
        key = self.origin.key
        return key is not None and key.reveal().startswith("sk-proj-")


def said_page(body: bytes) -> bool:
    """Whether a body is a web page: a login page or a captive portal, whatever its status says."""
    return body[:64].lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"<")

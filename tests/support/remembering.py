"""Pages of the demo organization, made and read once a test process.

Both are pure functions, and took most of the time of the tests at the screen: hundreds of views of the same days.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from usagetop.client import paging, wire
from usagetop.demo import api

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from usagetop.model.categories import Category

_MOST = 128
_LARGEST_BODY = 4_000_000


class Remembered:
    """A function's answers by its arguments, the oldest forgotten first; ``key`` of None is not kept."""

    def __init__(self, function: Callable[..., Any], key: Callable[..., Hashable | None]) -> None:
        self._function = function
        self._key = key
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
        """What the function answers, or answered the last time."""
        key = self._key(*given, **named)
        if key is None:
            return self._function(*given, **named)
        answer = self._answers.pop(key, None)
        if answer is None:
            answer = self._function(*given, **named)
        self._answers[key] = answer
        while len(self._answers) > _MOST:
            self._answers.popitem(last=False)
        return answer


def _asked(scenario: str, path: str, params: Sequence[tuple[str, str]], **named: Any) -> Hashable:
    return scenario, path, tuple(params), tuple(sorted(named.items()))


def _read(body: bytes, category: Category, grain: tuple[str, ...], *, step: int) -> Hashable | None:
    return (body, category.name, grain, step) if len(body) < _LARGEST_BODY else None


@contextmanager
def pages() -> Iterator[None]:
    """Within the block nothing is made or read twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "respond", Remembered(api.respond, _asked))
        patch.setattr(paging, "read_page", Remembered(wire.read_page, _read))
        yield

"""The key that was sent does not come back in, however a server writes it."""

from __future__ import annotations

import json

import pytest

from usagetop.client.masking import Mask
from usagetop.model.secret import Secret

KEY = 'gw-canary/9"Zq\\8x7w6v'


def echoes() -> dict[str, bytes]:
    """A JSON text with the key in it, in every way that JSON has."""
    document = {"model": f"a {KEY} b", KEY: [KEY]}
    plain = json.dumps(document)
    written = json.dumps(KEY)[1:-1]
    every = "".join(f"\\u{ord(character):04X}" for character in KEY)
    some = "".join(f"\\u{ord(character):04x}" if character in "-9q" else character for character in written)
    return {
        "plain": plain.encode(),
        "slashes": plain.replace("/", "\\/").encode(),
        "escaped": plain.replace(written, every).encode(),
        "mixed": plain.replace(written, some).encode(),
        "utf-16": json.dumps({**document, "odd": "\ud800"}, ensure_ascii=False).encode(
            "utf-16", "surrogatepass"
        ),
        "utf-32": plain.encode("utf-32-le"),
    }


@pytest.mark.fault(
    "key",
    "the server repeats the key in an answer: as a name, a model, a field, with JSON's escapes, in UTF-16",
    "it is masked before anything reads the answer, so it is on no screen, in no export and in no cache",
)
@pytest.mark.parametrize("way", echoes())
@pytest.mark.parametrize("kind", ["answer", "refusal"])
def test_an_echo_is_masked(way: str, kind: str) -> None:
    """The document is whole otherwise."""
    mask = Mask(Secret(KEY))
    body = (mask.answer if kind == "answer" else mask.refusal)(echoes()[way])
    read = json.loads(body)
    read.pop("odd", None)
    assert read == {"model": "a **** b", "****": ["****"]}


def test_what_is_no_echo_stays_as_it_is() -> None:
    """To the byte; without a key, too."""
    body = json.dumps({"a": 'caf\u00e9 \\u0041 / "', "b": 1.5}).encode() + b" \\u0041"
    assert Mask(Secret(KEY)).answer(body) is body or Mask(Secret(KEY)).answer(body) == body
    assert Mask(None).answer(body) is body
    assert Mask(None).refusal(body) is body
    assert Mask(None).text(KEY) == KEY


@pytest.mark.parametrize("key", ["1", "12345678901", "test"])
def test_a_key_that_stands_in_answers_by_chance_changes_none(key: str) -> None:
    """A gateway may take any key: numbers must stay what they are."""
    body = json.dumps({"amount": f"{key}.5", "count": 12345678901, "model": "test-model 1"}).encode()
    assert Mask(Secret(key)).answer(body) == body
    assert key not in Mask(Secret(key)).text(f"no such key: {key}")


def test_a_mask_does_not_tell_what_it_hides() -> None:
    """Neither itself nor in a traceback."""
    assert KEY not in repr(Mask(Secret(KEY)))

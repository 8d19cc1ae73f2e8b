"""The key does not leave its wrapping by accident."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import pytest

from usagetop.model.secret import Secret

KEY = "sk-admin-made-up"


@pytest.mark.fault(
    "key",
    "the key is printed, formatted, logged or put into a list by mistake",
    "a mask of one length, whatever the way",
)
def test_only_reveal_tells_it() -> None:
    """Every other way of writing it gives the same mask, whatever its length."""
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    drawings = [repr(secret), str(secret), format(secret), f"{secret:x>3}", f"{secret!r:>40}", str([secret])]
    for drawn in drawings:
        assert KEY not in drawn
        assert "****" in drawn
    assert str(Secret("")) == str(secret)


@pytest.mark.fault("key", "the key is pickled, copied or made JSON", "an error without it")
def test_it_is_not_copied_pickled_or_made_json() -> None:
    """What would write it somewhere fails instead."""
    secret = Secret(KEY)
    for way in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars):
        with pytest.raises(TypeError) as caught:
            way(secret)
        assert KEY not in str(caught.value)


@pytest.mark.fault("key", "a traceback with local variables", "a mask")
def test_a_traceback_with_locals_does_not_show_it() -> None:
    """Neither does an error that carries it."""

    def fail(secret: Secret) -> None:
        raise ValueError(secret)

    with pytest.raises(ValueError, match="Secret") as caught:
        fail(Secret(KEY))
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "secret = Secret('****')" in told
    assert KEY not in told.replace(f'KEY = "{KEY}"', "")

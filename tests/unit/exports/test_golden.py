"""Every format against committed files: the bytes are the contract."""

from __future__ import annotations

import os

import pytest

from tests.support.house import TESTS
from tests.unit.exports.samples import SAMPLES
from usagetop.exports import FORMATS

GOLDEN = TESTS / "golden" / "exports"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_bytes(sample: str, form: str) -> None:
    """The text of a report is what was agreed on; USAGETOP_UPDATE_GOLDEN=1 agrees anew."""
    text = FORMATS[form].render(SAMPLES[sample]()).encode("utf-8")
    place = GOLDEN / f"{sample}.{FORMATS[form].suffix}"
    if os.environ.get("USAGETOP_UPDATE_GOLDEN"):
        place.write_bytes(text)
    assert text == place.read_bytes()


def test_no_golden_file_is_left_over() -> None:
    """What nothing compares with is no contract."""
    expected = {f"{sample}.{form.suffix}" for sample in SAMPLES for form in FORMATS.values()}
    assert {path.name for path in GOLDEN.iterdir()} == expected

"""The document of faults and promises is what the tests' markers say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import reliability


def tree(root: Path, text: str) -> Path:
    """A checkout with one test file of this text."""
    (root / "tests").mkdir()
    (root / "tests" / "test_it.py").write_text(text, encoding="utf-8")
    return root


def test_the_document_is_fresh() -> None:
    """RELIABILITY.md names each marked test, as `make docs` writes it."""
    assert reliability.main(["--check"]) == 0, "make docs"


def test_a_marker_becomes_a_row_of_its_area(tmp_path: Path) -> None:
    """One fault and promise with two tests is one row; the one left to `make test-all` stands in brackets."""
    mark = '@pytest.mark.fault("time", "a | b", "holds")\n'
    root = tree(tmp_path, f"{mark}def test_one(): ...\n{mark}@pytest.mark.slow\nasync def test_two(): ...\n")
    text = reliability.document(reliability.faults(root))
    assert "## Time and clocks" in text
    assert "## The key" not in text
    assert "| a &#124; b | holds | `test_it.py::test_one`<br>[`test_it.py::test_two`] |" in text


@pytest.mark.parametrize(
    "given", ['"nowhere", "a", "b"', '"time", "a"', 'WHERE, "a", "b"', '"time", "a", promise="b"']
)
def test_a_wrong_marker_is_named(tmp_path: Path, given: str) -> None:
    """A marker that the document could not show is an error with the test's name."""
    root = tree(tmp_path, f"@pytest.mark.fault({given})\ndef test_one(): ...\n")
    with pytest.raises(ValueError, match=r"test_it\.py::test_one"):
        reliability.faults(root)

"""The error tree: its drawing, its exit codes, its two lines."""

from __future__ import annotations

import pytest

from usagetop import errors

DRAWING = [line for line in (errors.__doc__ or "").splitlines() if line.startswith("    ")]


def drawn() -> dict[str, tuple[str | None, int]]:
    """The tree of the module's docstring: name, parent's name, exit code."""
    found: dict[str, tuple[str | None, int]] = {}
    path: list[tuple[int, str]] = []
    for line in DRAWING:
        bare = line.lstrip(" \u2502\u251c\u2514\u2500")
        depth = len(line) - len(bare)
        name, code = bare.split()[:2]
        path = [step for step in path if step[0] < depth]
        found[name] = (path[-1][1] if path else None, int(code))
        path.append((depth, name))
    return found


def classes(root: type[errors.UsagetopError]) -> dict[str, tuple[str | None, int]]:
    """The tree as it is."""
    found: dict[str, tuple[str | None, int]] = {root.__name__: (root.__mro__[1].__name__, root.exit_code)}
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            found |= classes(child)
    return found


def test_the_drawing_is_the_tree() -> None:
    """What the docstring draws is what there is, with the same exit codes."""
    tree = classes(errors.UsagetopError)
    tree["UsagetopError"] = (None, tree["UsagetopError"][1])
    assert drawn() == tree
    assert len(tree) > 15


def test_exit_codes_are_those_of_the_interface() -> None:
    """Scripts hold on to them."""
    assert (errors.EXIT_GOOD, errors.EXIT_FAULT, errors.EXIT_USAGE, errors.EXIT_ACCESS) == (0, 1, 2, 3)
    assert (errors.EXIT_SERVICE, errors.EXIT_INCOMPLETE, errors.EXIT_ABOVE_LIMIT) == (4, 5, 6)
    assert errors.EXIT_INTERRUPTED == 130


@pytest.mark.parametrize(
    ("why", "mend", "lines"),
    [
        ("", "", ("what",)),
        ("why", "", ("what: why",)),
        ("", "mend", ("what", "mend")),
        ("why", "mend", ("what: why", "mend")),
    ],
)
def test_one_or_two_lines(why: str, mend: str, lines: tuple[str, ...]) -> None:
    """What and why, then what to do."""
    error = errors.UsageError("what", why=why, mend=mend)
    assert error.lines() == lines
    assert str(error) == lines[0]
    assert (error.what, error.why, error.mend) == ("what", why, mend)


def test_what_some_errors_carry_beside() -> None:
    """The server's parameter, the missing scopes, the time to wait."""
    assert errors.GroupingRefused("w", param="group_by").param == "group_by"
    assert errors.ScopeMissing("w", scopes=("api.usage.read",)).scopes == ("api.usage.read",)
    assert errors.RateLimited("w", retry_after=1.5).retry_after == 1.5
    assert errors.RateLimited("w").retry_after is None
    assert errors.ScopeMissing("w", why="y", mend="m").lines() == ("w: y", "m")

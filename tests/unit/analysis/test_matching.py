"""Which usage explains which line item, and that no token explains two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.bills import usage_of
from usagetop.analysis.bill import Line
from usagetop.analysis.matching import Found, Want, base_quantity, match, related, want_of
from usagetop.analysis.uses import TIERS, Use, tiers_of, uses

TOKENS = ("completions", "decisions", "embeddings", "moderations")


def line(
    item: str | None, amount: str | None = "1", quantity: str | None = None, unit: str | None = "tokens"
) -> Line:
    """A line in dollars."""
    given_amount = None if amount is None else Decimal(amount)
    return Line(item, "usd", unit, given_amount, None if quantity is None else Decimal(quantity))


def use(
    model: str | None,
    counts: dict[str, int],
    *,
    category: str = "completions",
    tiers: frozenset[str] = frozenset({""}),
    size: str | None = None,
    who: str | None = None,
) -> Use:
    """A group of usage."""
    return Use(category, model, size, tiers, (), who, counts)


def explained(lines: Sequence[Line], used: Sequence[Use]) -> list[tuple[str, int | None]]:
    """How each line is explained, and by how much."""
    return [(found.match, found.usage) for found in match(lines, used)]


# -- names


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("gpt-5.5-2026-04-23", "gpt-5.5-2026-04-23", True),
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18", True),
        ("gpt-4-0613", "gpt-4", True),
        ("ft-gpt-4o-2024-08-06", "ft:gpt-4o-2024-08-06:halcyon-labs:tone:B7", True),
        ("ft-gpt-4o", "ft:gpt-4o-2024-08-06:halcyon-labs:tone:B7", True),
        ("text-embedding-ada-002-v2", "text-embedding-ada-002", True),
        ("dall-e 3", "dall-e-3", True),
        ("GPT-5", "gpt-5", True),
        ("gpt-4o-2024-08-06", "gpt-4o-2024-11-20", False),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-5.4-mini", "gpt-5.4", False),
        ("ft-gpt-4o-2024-08-06", "gpt-4o-2024-08-06", False),
        ("ft:", "ft-", True),
    ],
)
def test_names_of_one_family(one: str, other: str, *, same: bool) -> None:
    """The same but for a date on one side, a version, or the tail of a fine-tuned model."""
    assert related(one, other) is same
    assert related(other, one) is same


@given(st.text(max_size=20))
def test_any_name_is_its_own_family(name: str) -> None:
    """Whatever the API calls a model."""
    assert related(name, name)


@pytest.mark.parametrize(
    ("item", "want"),
    [
        ("gpt-5.5, cached input", Want("cached", TOKENS, "gpt-5.5")),
        ("batch | gpt-5.5 audio, output", Want("audio output", TOKENS, "gpt-5.5", "batch")),
        ("whisper-1, audio", Want("seconds", ("audio_transcriptions",), "whisper-1")),
        ("tts-1, characters", Want("characters", ("audio_speeches",), "tts-1")),
        (
            "dall-e 3, standard, 1024x1792, 1792x1024",
            Want("images", ("images",), "dall-e 3", sizes=("1024x1792", "1792x1024")),
        ),
        ("web search tool calls", Want("calls", ("web_search_calls",))),
        ("assistants api | file search", Want("calls", ("file_search_calls",))),
        ("assistants api | code interpreter", Want("sessions", ("code_interpreter_sessions",))),
        ("vector storage", Want("byte_seconds", ("vector_stores",))),
        ("Vector storage", Want("byte_seconds", ("vector_stores",))),
        ("evals | gpt-4o-mini, input", None),
        ("ft-gpt-4o, training", None),
        ("credit, service disruption", None),
        ("Image models", None),
        (None, None),
    ],
)
def test_what_would_explain_a_line_item(item: str | None, want: Want | None) -> None:
    """Its measure, in which categories, of which model; None for what no usage counts."""
    assert want_of(item) == want


# -- who explains what


def test_the_same_name_goes_before_the_family() -> None:
    """A dated line and an undated one each get their own."""
    lines = [line("gpt-4o, input", quantity="7"), line("gpt-4o-2024-08-06, input", quantity="5")]
    used = [use("gpt-4o-2024-08-06", {"input": 5}), use("gpt-4o-2024-11-20", {"input": 7})]
    assert explained(lines, used) == [("family", 7), ("exact", 5)]


def test_another_version_explains_nothing() -> None:
    """Two dates are two models."""
    assert explained([line("gpt-4o-2024-08-06, input")], [use("gpt-4o-2024-11-20", {"input": 7})]) == [
        ("none", None)
    ]


def test_tiers_are_told_apart_where_usage_tells_them() -> None:
    """Batch explains batch; where usage does not say, the lines share by their quantities."""
    lines = [line("m, input", quantity="30"), line("batch | m, input", quantity="10")]
    apart = [use("m", {"input": 31}), use("m", {"input": 9}, tiers=frozenset({"batch"}))]
    assert explained(lines, apart) == [("exact", 31), ("exact", 9)]
    assert explained(lines, [use("m", {"input": 40}, tiers=TIERS)]) == [("exact", 30), ("exact", 10)]
    assert explained(lines, [use("m", {"input": 20}, tiers=TIERS)]) == [("exact", 15), ("exact", 5)]
    assert explained(lines[1:], apart[:1]) == [("none", None)]


def test_lines_of_one_usage_share_it() -> None:
    """Long context, and another currency, are the same tokens: by quantity, else by amount."""
    lines = [line("m, input", quantity="6"), line("m, input, long context", quantity="3")]
    assert explained(lines, [use("m", {"input": 9})]) == [("exact", 6), ("exact", 3)]
    assert explained(lines, [use("m", {"input": 10})]) == [("exact", 7), ("exact", 3)]
    silent = [line("m, input", "4"), line("m, input, long context", "-1", quantity="3")]
    assert explained(silent, [use("m", {"input": 10})]) == [("exact", 8), ("exact", 2)]


def test_a_line_without_modality_beside_others_is_text() -> None:
    """Where a model is billed by modality too, plain input is the text of it."""
    used = [use("m", {"input": 12, "text input": 7, "audio input": 5})]
    assert explained([line("m, input"), line("m audio, input")], used) == [("exact", 7), ("exact", 5)]
    assert explained([line("m, input")], used) == [("exact", 12)]


def test_images_are_matched_by_size() -> None:
    """A line names its sizes; usage that says none is taken as it is."""
    item = line("dall-e 3, standard, 1024x1792, 1792x1024", unit="images", quantity="3")
    used = [
        use("dall-e-3", {"images": count}, category="images", size=size)
        for size, count in (("1024x1792", 1), ("1792x1024", 2), ("1024x1024", 4))
    ]
    assert explained([item], used) == [("family", 3)]
    assert explained([item], [use("dall-e-3", {"images": 9}, category="images")]) == [("family", 9)]


def test_usage_of_nothing_explains_nothing() -> None:
    """But it does explain a line of nothing."""
    none = [use("m", {"input": 0})]
    assert explained([line("m, input", "1", "5")], none) == [("none", None)]
    assert explained([line("m, input", "0", "0")], none) == [("exact", 0)]
    assert explained([line("m, output", "0", "0")], none) == [("none", None)]


@pytest.mark.parametrize(
    ("item", "quantity", "unit", "base"),
    [
        ("m, input", "5", "1000_tokens", Fraction(5000)),
        ("m, input", "5", None, Fraction(5)),
        ("whisper-1, audio", "1.5", "duration_minutes", Fraction(90)),
        ("vector storage", "2", "gibibyte_hours", Fraction(2 * 2**30 * 3600)),
        ("whisper-1, audio", "1.5", "tokens", None),
        ("m, input", "5", "furlongs", None),
        ("m, input", "-5", "tokens", None),
        ("m, input", None, "tokens", None),
        ("credit", "5", "tokens", None),
    ],
)
def test_quantities_in_base_units(
    item: str, quantity: str | None, unit: str | None, base: Fraction | None
) -> None:
    """What usage counts in; None where the quantity is of another kind."""
    assert base_quantity(line(item, quantity=quantity, unit=unit)) == base


items = st.sampled_from(
    [
        *("m, input", "m, input, long context", "m-2025-01-01, input", "m-v2, input", "m text, input"),
        *(
            "batch | m, input",
            "priority | m, input",
            "m, output",
            "other, input",
            "web search tool calls",
            None,
        ),
    ]
)
any_lines = st.lists(
    st.builds(
        line,
        items,
        st.none() | st.integers(-3, 50).map(str),
        st.none() | st.integers(0, 50).map(str),
        st.sampled_from(["tokens", "1000_tokens", None]),
    ),
    max_size=8,
)
any_uses = st.lists(
    st.builds(
        use,
        st.sampled_from(["m", "m-2025-01-01", "m-2025-02-02", "other", None]),
        st.fixed_dictionaries(
            {}, optional={name: st.integers(0, 99) for name in ("input", "text input", "output", "calls")}
        ),
        category=st.sampled_from(["completions", "decisions", "web_search_calls"]),
        tiers=st.sampled_from([frozenset({""}), frozenset({"batch"}), TIERS - {"batch"}, TIERS]),
        who=st.sampled_from(["a", "b", None]),
    ),
    max_size=8,
)


@given(any_lines, any_uses)
def test_no_usage_explains_twice(lines: list[Line], used: list[Use]) -> None:
    """Over all lines of one measure, no more is explained than was used; whose it was adds up to the pools."""
    found = match(lines, used)
    assert len(found) == len(lines)
    taken: Counter[str] = Counter()
    for each, item in zip(found, lines, strict=True):
        assert (each.match == "none") == (each.usage is None)
        if each.usage is not None:
            want = want_of(item.line_item)
            assert want is not None
            assert each.usage >= 0
            # Plain input is either input or, beside other modalities, text input: each is counted once.
            taken[want.measure.removeprefix("text ")] += each.usage
        if each == Found():
            assert not each.by_who
    offered: Counter[str] = Counter()
    for group in used:
        for measure, count in group.counts.items():
            if not measure.startswith("text "):
                offered[measure] += count
        offered["input"] += group.counts.get("text input", 0)
    assert all(taken[measure] <= offered[measure] for measure in taken)


# -- from frames


def test_old_rows_without_a_breakdown_are_read_from_what_they_have() -> None:
    """Rows of 2025 give input, cached and audio tokens: the rest follows."""
    row = {
        "model": "m",
        "input_tokens": 100,
        "input_cached_tokens": 30,
        "input_audio_tokens": 10,
        "output_tokens": 7,
    }
    (group,) = uses({"completions": usage_of("completions", [row], "model")})
    assert group.tiers == TIERS
    assert {name: count for name, count in group.counts.items() if count} == {
        "input": 70,
        "text input": 60,
        "audio input": 10,
        "cached": 30,
        "text cached": 30,
        "output": 7,
        "text output": 7,
    }


@pytest.mark.parametrize(
    ("named", "tiers"),
    [
        ({"batch": "true", "service_tier": "default"}, {"batch"}),
        ({"batch": "true"}, {"batch"}),
        ({"batch": "false"}, TIERS - {"batch"}),
        ({"batch": None, "service_tier": "priority"}, {"priority"}),
        ({"service_tier": "default"}, {""}),
        ({"service_tier": "auto"}, {""}),
        ({"service_tier": None}, {""}),
        ({"service_tier": "turbo"}, {"turbo"}),
        ({}, TIERS),
    ],
)
def test_the_tiers_that_a_group_may_have_run_at(named: dict[str, str | None], tiers: set[str]) -> None:
    """One where the answer says it, else all that are left."""
    assert tiers_of(named) == tiers


def test_a_frame_that_cannot_tell_who_is_left_out() -> None:
    """Vector stores know no user; a frame without the scope is a mistake."""
    frames = {
        "vector_stores": usage_of("vector_stores", [{"usage_bytes": 5}]),
        "embeddings": usage_of(
            "embeddings", [{"model": "e", "user_id": "u", "input_tokens": 5}], "model", "user_id"
        ),
    }
    assert [(group.category, group.who) for group in uses(frames, (), "user_id")] == [("embeddings", "u")]
    assert len(uses(frames)) == 2
    with pytest.raises(ValueError, match="vector_stores is not by project_id"):
        uses(frames, ("project_id",))

"""The check lets no number through that its place does not state, and each kind of damage fails it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.llm.embedded.summary.exact import check, numbers_of
from remit.llm.embedded.summary.model import Citation, Line

PLACE = "In the second quarter of 2025, net sales declined 4.5% to $1,240.6 million, and we do not expect a loss of $0.14 per share (120 basis points)."


def _holds(text: str, *places: str) -> bool:
    quotes = places or (PLACE,)
    document = "\n".join(quotes)
    starts = [document.index(each) for each in quotes]
    line = Line(text, tuple((start, start + len(each)) for start, each in zip(starts, quotes, strict=True)))
    bullets, _, dropped = check(document, [line])
    assert len(bullets) + len(dropped) == 1
    return bool(bullets)


@pytest.mark.parametrize(
    "text",
    [
        "Q2 net sales fell 4.5% to $1,240.6 million.",
        "Q2 2025 net sales $1240.6 million.",
        "Loss $0.14 per share.",
        "Does not expect a loss.",
        "120 basis points.",
        "Net sales fell.",
    ],
)
def test_what_the_place_says_holds(text: str) -> None:
    assert _holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Q2 net sales fell 4.6% to $1,240.6 million.",  # digit
        "Q2 net sales fell 4.5% to $1,240.6 billion.",  # scale
        "Q2 net sales fell 4.5% to $1,240.6.",  # scale lost
        "Q2 net sales fell 4.5% to €1,240.6 million.",  # currency
        "Q2 net sales fell $4.5 to $1,240.6 million.",  # unit
        "Q2 net sales rose 4.5% to $1,240.6 million.",  # direction
        "Q2 net sales -$1,240.6 million.",  # sign
        "Q3 net sales $1,240.6 million.",  # quarter
        "2024 net sales $1,240.6 million.",  # year
        "FY 2026 net sales $1,240.6 million.",  # year of a label
        "120 percent.",
        "No. 7 in its market.",
        "Net sales of the 747 line.",
    ],
)
def test_damage_is_noticed(text: str) -> None:
    assert not _holds(text)


def test_a_negation_that_the_place_has_not_is_noticed() -> None:
    assert not _holds("Sales did not rise.", "Sales did rise.")


def test_scale_and_currency_of_a_table_must_be_cited_too() -> None:
    row, scale, dollar, head = (
        "Net sales | 402,117 | 377,940",
        "(In millions)",
        "Products | $301,552",
        "2024 | 2023",
    )
    assert _holds("Net sales $402,117 million (2024).", row, scale, dollar, head)
    assert not _holds("Net sales $402,117 million (2024).", row, scale, head)
    assert not _holds("Net sales $402,117 million (2024).", row, dollar, head)
    assert not _holds("Net sales $402,117 million (2024).", row, "(In thousands)", dollar, head)


def test_brackets_in_a_row_are_a_loss() -> None:
    row, scale = "Net income | $(431) | $268", "(in millions)"
    assert _holds("Net income -$431 million.", row, scale)
    assert not _holds("Net income $431 million.", row, scale)


def test_each_number_is_listed_with_value_unit_and_place() -> None:
    read = numbers_of("Q2 net sales fell 4.5% to $1,240.6 million.", [Citation(100, 100 + len(PLACE), PLACE)])
    assert read is not None
    assert [(each.text, each.value, each.unit) for each in read] == [
        ("4.5%", 4.5, "percent"),
        ("$1,240.6 million", 1_240_600_000, "USD"),
        ("Q2", 2, "quarter"),
    ]
    assert all(PLACE[each.source.start - 100 : each.source.end - 100] == each.source.quote for each in read)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Revenue $3.1 to $3.3 billion.", [(3_100_000_000, "USD"), (3_300_000_000, "USD")]),
        ("Sales growth 8 to 10%.", [(8, "percent"), (10, "percent")]),
        ("Margin 20% to 22%.", [(20, "percent"), (22, "percent")]),
        ("EPS 52 to 58 cents.", [(0.52, "USD"), (0.58, "USD")]),
    ],
)
def test_the_lower_end_of_a_range_has_the_unit_of_the_upper(
    text: str, wanted: list[tuple[float, str]]
) -> None:
    read = numbers_of(text, [Citation(0, len(text), text)])
    assert read is not None and [(each.value, each.unit) for each in read] == wanted


AMOUNTS = st.integers(1, 999_999).map(lambda whole: whole / 100)
SCALES = st.sampled_from(["", " million", " billion"])


@given(AMOUNTS, SCALES, AMOUNTS, SCALES)
def test_an_amount_holds_exactly_where_it_is_stated(
    said: float, scale: str, stated: float, other: str
) -> None:
    place = f"Revenue was ${stated:,.2f}{other} in the period."
    same = (round(said, 2), scale) == (round(stated, 2), other)
    assert _holds(f"Revenue ${said:,.2f}{scale}.", place) is same


@given(st.text(alphabet="0123456789.,$%()- Qabcmillion", max_size=60))
def test_any_line_is_either_held_or_dropped(text: str) -> None:
    _holds(text or "x")

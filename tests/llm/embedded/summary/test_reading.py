"""Sentences, numbers, periods and frames: what is read from a sentence, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.llm.embedded.summary import candidates, frames, sentences, values


def _lines(text: str) -> list[str]:
    return [each.text for each in candidates.of(sentences.split(text)) if each.cls != "told"]


@given(st.text(alphabet="ab A.B!\n\r$1,5%", max_size=200))
def test_sentences_stand_where_they_say(text: str) -> None:
    found = sentences.split(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert [each.index for each in found] == list(range(len(found)))
    kept = "".join("".join(each.text.split()) for each in found)
    assert kept == "".join(text.split())  # no character is lost


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Sales rose. Margins fell.", 2),
        ("Mr. Hale spoke. Acme Inc. grew.", 2),
        ("Sales rose 11.\n5% in the quarter.", 1),
        ("U.S. sales rose.\nMargins fell.", 2),
        ("The board approved a dividend that will be paid\nin the third quarter of the year.", 1),
    ],
)
def test_sentences_end_where_they_end(text: str, count: int) -> None:
    assert len(sentences.split(text)) == count


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sales of $1,240.6 million", [("$1,240.6 million", "money")]),
        ("up 4.5% or 120 basis points", [("4.5%", "percent"), ("120 basis points", "points")]),
        ("in 2024 and on May 3", []),
        ("52-58 cents per share", [("52", "count"), ("58 cents per share", "money")]),
        ("COVID-19 and a 13-week quarter", []),
        ("a loss of ($0.14)", [("($0.14)", "money")]),
    ],
)
def test_numbers_are_found_as_written(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(each.text, each.kind) for each in values.find(text)] == wanted


@given(
    st.integers(0, 10**12),
    st.sampled_from(["$", "€", "£", ""]),
    st.sampled_from(["", " million", " billion", "%"]),
)
def test_any_whole_number_is_read_digit_for_digit(number: int, currency: str, unit: str) -> None:
    found = values.find(f"it was {currency}{number:,}{unit} then")
    if not currency and not unit and 1900 <= number < 2100:
        return  # a year
    assert [each.digits for each in found] == [str(number)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "For the second quarter, net sales increased 7.3% to $512.4 million.",
            ["Q2 net sales rose 7.3% to $512.4 million."],
        ),
        ("Net sales for the first quarter were $2 million.", ["Q1 net sales $2 million."]),
        (
            "In the third quarter we delivered $0.37 of adjusted earnings per share.",
            ["Q3 adjusted earnings per share $0.37."],
        ),
        (
            "For 2025, we expect revenue of $1.7 billion to $1.8 billion.",
            ["Sees 2025 revenue $1.7 billion to $1.8 billion."],
        ),
        (
            "Our glass segment's earnings were $0.61 per share as compared to $0.58 per share.",
            ["Glass segment's earnings per share $0.61."],
        ),
        ("Operating income was down 8% in the fourth quarter.", ["Q4 operating income fell 8%."]),
        (
            "We reported a net loss of approximately $3 million in the first quarter.",
            ["Q1 net loss approximately $3 million."],
        ),
        (
            "Adjusted diluted earnings per share of $1.23 grew by 6%.",
            ["Adjusted diluted earnings per share rose 6% to $1.23."],
        ),
        (
            "Within Sensors, organic net sales decreased 3% to $2 billion.",
            ["Sensors organic net sales fell 3% to $2 billion."],
        ),
        ("Kestrel Pipes generated revenue of $221 million.", ["Kestrel Pipes revenue $221 million."]),
        ("Iceland's total sales rose 4%.", ["Iceland's total sales rose 4%."]),
        ("Organic sales rose 10% compared to 2019.", ["Organic sales rose 10% versus 2019."]),
    ],
)
def test_a_frame_becomes_a_terse_line(text: str, wanted: list[str]) -> None:
    assert sorted(_lines(text)) == sorted(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "Commercial accounts were 60% of our revenue.",  # a share, not a level
        "This compares with Q4 2023 net income of $6 million.",  # only the other side of a comparison
        "We expect segment revenue to be down in the high 30% range.",  # no 30%
        "Larkspur earned more than planned, compared with earnings of $88 million in the same quarter of last year.",
        "On a two-year CAGR basis, sales grew 5%.",
        "Freight took approximately $0.04 to $0.05 of EPS.",
        "Earnings per share were $0.09 above our second quarter results.",
        "Revenue was helped by a factory with 300 workers.",  # the number measures something else
        "We saw growth in revenue and hired 12 people.",
    ],
)
def test_no_line_is_made_where_the_number_is_not_the_measures(text: str) -> None:
    assert _lines(text) == []


def test_a_period_of_the_comparison_is_not_the_period_of_the_result() -> None:
    text = "Sales for the third quarter of 2024 were $2.3 billion, down 11% compared to $2.6 billion in the third quarter of 2023."
    assert _lines(text) == ["Q3 sales fell 11% to $2.3 billion."]


def test_the_quarter_is_cited_where_the_text_names_it() -> None:
    text = "Welcome to our second quarter call.\nRevenue was $5 million in the quarter."
    found = [each for each in candidates.of(sentences.split(text)) if each.cls == "revenue"]
    assert [each.text for each in found] == ["Q2 revenue $5 million."]
    assert [text[start:end] for start, end in found[0].spans] == [
        "Revenue was $5 million in the quarter.",
        "second quarter",
    ]


def test_frames_are_read_from_any_text_without_error() -> None:
    for text in (
        "",
        "$",
        "revenue",
        "revenue revenue $5",
        "up up up 5% to to to $",
        "(" * 400,
        "revenue " + "1 " * 400,
    ):
        frames.read(text)

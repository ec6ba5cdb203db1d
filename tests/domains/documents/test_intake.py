"""What is read off a file beside its text, and what a person says instead."""

from __future__ import annotations

from datetime import date

import pytest

from remit.domains.documents import intake
from remit.domains.documents.rules import DocumentKind
from tests.support.reference_data import reference

COVER = (
    "FORM 10-K\nANNUAL REPORT\nFor the fiscal year ended January 26, 2025\nOR\nNVIDIA\n"
    + "Our business. " * 50
)


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        (COVER, "10-K", date(2025, 1, 26)),
        (COVER.replace("fiscal year", "quarterly period"), "10-Q", date(2025, 1, 26)),
        (COVER.replace("2025", "2199"), "10-K", None),
        (COVER.replace("January 26, 2025", "some day"), "10-K", None),
        (COVER, "news", None),
    ],
)
def test_the_end_of_a_period_is_read_off_the_cover(text: str, kind: DocumentKind, day: date | None) -> None:
    assert intake.from_bytes(text.encode(), "report.txt", kind).period_end_on == day


def test_what_a_person_says_counts_first() -> None:
    found = intake.from_bytes(COVER.encode(), "report.txt", "10-K")
    given = {"source_name": "x", "account_id": None, "kind": "10-K"}
    said = intake.adding(found, **given, title="Their report", period_end_on=date(2024, 12, 31))  # type: ignore[arg-type]
    assert (said.title, said.period_end_on) == ("Their report", date(2024, 12, 31))
    early = intake.adding(found, **given, published_on=date(2024, 2, 1))  # type: ignore[arg-type]
    assert (early.published_on, early.period_end_on) == (date(2024, 2, 1), None)


@pytest.mark.parametrize(
    ("name", "kind", "day"),
    [
        ("nvda-10-k-2025-02-26.html.gz", "10-K", date(2025, 1, 26)),
        ("ibm-10-k-2025-02-25.html.gz", "10-K", date(2024, 12, 31)),
        ("aapl-10-q-2025-08-01.html.gz", "10-Q", date(2025, 6, 28)),
    ],
)
def test_real_covers(name: str, kind: DocumentKind, day: date) -> None:
    data = reference(f"sec-filings/{name}").read_bytes()
    assert intake.from_bytes(data, name, kind).period_end_on == day

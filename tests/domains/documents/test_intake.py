"""What is read off a file beside its text, and what a person says instead."""

from __future__ import annotations

from datetime import date

import pytest

from remit.domains.documents import heads, intake
from remit.domains.documents.rules import DocumentKind
from remit.knowledge.documents import DocumentRefused
from tests.support.reference_data import reference

COVER = (
    "FORM 10-K\nANNUAL REPORT\nFor the fiscal year ended January 26, 2025\nOR\nNVIDIA\n"
    + "Our business. " * 50
)


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        (COVER, "10-K", date(2025, 1, 26)),
        (COVER.replace("fiscal year", "quarterly period").replace("10-K", "10-Q"), "10-Q", date(2025, 1, 26)),
        (COVER.replace("2025", "2199"), "10-K", None),
        (COVER.replace("January 26, 2025", "some day"), "10-K", None),
        (COVER, "other", None),
    ],
)
def test_the_end_of_a_period_is_read_off_the_cover(text: str, kind: DocumentKind, day: date | None) -> None:
    assert intake.from_bytes(text.encode(), "report.txt", kind).period_end_on == day


EIGHT = "FORM 8-K\n\nCURRENT REPORT\nDate of Report (Date of earliest event reported): November 14, 2024\n"


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        (EIGHT, "8-K", date(2024, 11, 14)),
        ("FORM 8-K\n\nNovember 14, 2024\nDate of Report (Date of earliest event reported)\n", "8-K", date(2024, 11, 14)),
        (EIGHT.replace("2024", "2199"), "8-K", None),
        (EIGHT, "other", None),
    ],
)  # fmt: skip
def test_the_day_of_an_8k_is_its_date_of_report(text: str, kind: DocumentKind, day: date | None) -> None:
    assert intake.from_bytes(text.encode(), "report.txt", kind).published_on == day
    assert intake.from_text(text, kind).published_on == day


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


FILED = "ACCESSION NUMBER: 0000000042-24-000007\nCONFORMED SUBMISSION TYPE: 13F-HR\n\n"


@pytest.mark.parametrize(
    ("text", "chosen", "says"),
    [
        (COVER, "8-K", "this says 10-K; you chose 8-K"),
        (COVER, "news", "this says 10-K; you chose News"),
        (COVER.replace("10-K", "10-Q/A"), "10-K", "this says 10-Q/A; you chose 10-K"),
        (FILED, "10-K", "this says 13F-HR; you chose 10-K"),
        (COVER, "13F", "this says 10-K; you chose 13F"),
    ],
)
def test_a_file_that_says_another_kind_is_refused(text: str, chosen: DocumentKind, says: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        intake.from_bytes(text.encode(), "report.txt", chosen)
    assert refused.value.code == "document_kind" and says in refused.value.message


def test_a_form_named_in_a_sentence_or_a_kind_left_open_is_no_contradiction() -> None:
    call = "Operator: Good morning.\nFor the risks see our\nForm 10-K of last year.\n" * 3
    assert intake.from_bytes(call.encode(), "call.txt", "call_transcript").text
    assert intake.from_bytes(COVER.encode(), "report.txt", "other").text


def test_the_filer_is_read_off_the_head_and_held_against_the_account() -> None:
    cover = "FORM 10-K\n\nAPPLE INC\n\n(Exact name of Registrant as specified in its charter)\nCalifornia\n"
    assert heads.filer_of(cover, "10-K") == "APPLE INC"
    assert heads.filer_of("Manager: Larkspur Hill Partners LP\nCIK: 42", "13F") == "Larkspur Hill Partners LP"
    assert heads.filer_of("Our business.", "10-K", "10-K · APPLE INC") == "APPLE INC"
    assert heads.filer_of(cover, "news") == ""
    assert heads.looks_like("APPLE INC", "Apple") and heads.looks_like(
        "LARKSPUR HILL PARTNERS LP", "Larkspur Hill"
    )
    assert not heads.looks_like("APPLE INC", "Harbour Point") and not heads.looks_like(
        "Oak Capital", "Elm Capital"
    )

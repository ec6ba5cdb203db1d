"""13F files in every form become the same positions in dollars, and what is odd about them is said."""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from remit.knowledge.filings.changes import positions
from remit.knowledge.filings.model import FilingRefused, Report
from remit.knowledge.filings.reports import due, read, read_text
from tests.knowledge.filings.forms import OLD_TEXT, PAGE, ROWS, cover, submission, table
from tests.support.reference_data import reference


def _codes(report: Report) -> set[str]:
    return {each.code for each in report.warnings}


def _shape(report: Report) -> list[tuple[str, str, int, int]]:
    return [(each.cusip, each.put_call, each.shares, each.value) for each in positions(report.holdings)]


WANTED = [
    ("12345A109", "", 30_000, 3_000_000),
    ("98765B208", "", 15_000, 750_000),
    ("12345A109", "PUT", 5_000, 500_000),
]


@pytest.mark.parametrize(
    "text",
    [submission(), table(), table(prefix="ns1:"), table(prefix="n1:"), table(namespace=False), OLD_TEXT],
    ids=["submission", "default-namespace", "ns1", "n1", "no-namespace", "old-text"],
)
def test_every_form_gives_the_same_positions(text: str) -> None:
    assert _shape(read_text(text)) == WANTED


def test_header_and_cover_are_read() -> None:
    found = read_text(submission()).cover
    assert (found.manager, found.cik, found.accession) == (
        "Larkspur Hill Partners LP",
        "0000000042",
        "0000000042-24-000007",
    )
    assert (found.form, found.period, found.filed) == ("13F-HR", date(2024, 3, 31), date(2024, 5, 10))
    assert found.other_managers == ("Larkspur Hill UK Ltd",) and _codes(read_text(submission())) == set()


def test_names_lose_their_runs_of_spaces_and_rows_keep_their_managers() -> None:
    row = read_text(submission()).holdings[0]
    assert (row.issuer, row.other_managers, row.discretion, row.voting) == (
        "NORTHERN WIDGET CO",
        "1,2",
        "DFND",
        (20_000, 0, 0),
    )


def test_the_cover_of_an_old_text_filing_is_read() -> None:
    report = read_text(OLD_TEXT)
    assert (report.cover.manager, report.cover.period, report.unit) == (
        "Larkspur Hill Partners LP",
        date(2009, 6, 30),
        "thousands",
    )
    assert report.holdings[0].issuer == "NORTHERN WIDGET CO" and "rows_unread" not in _codes(report)


def test_a_page_of_edgar_is_read_with_its_puts() -> None:
    assert _shape(read_text(PAGE)) == [
        ("12345A109", "", 20_000, 2_000_000),
        ("12345A109", "PUT", 5_000, 500_000),
    ]


def test_a_table_in_base64_inside_the_submission_is_read() -> None:
    inside = base64.encodebytes(table(prefix="ns1:").encode()).decode()
    text = cover().replace(
        "</edgarSubmission>",
        f"<documents><document><contents>{inside}</contents></document></documents></edgarSubmission>",
    )
    assert _shape(read_text(text)) == WANTED


def test_a_header_without_line_ends_is_read() -> None:
    text = (
        "<SUBMISSION><ACCESSION-NUMBER>0000000042-24-000007\n<TYPE>13F-HR\n<PERIOD>20240331\n<FILING-DATE>20240510\n<FILER><COMPANY-DATA><CONFORMED-NAME>LARKSPUR\n<CIK>0000000042\n"
        f"<DOCUMENT>\r\n<TYPE>INFORMATION TABLE\r\n<TEXT>\r\n<XML>\r\n{table()}\r\n</XML>\r\n</TEXT>\r\n</DOCUMENT>"
    )
    found = read_text(text)
    assert (found.cover.filed, found.cover.manager, _shape(found)) == (date(2024, 5, 10), "LARKSPUR", WANTED)


@pytest.mark.parametrize(("kind", "code"), [("RESTATEMENT", "restatement"), ("NEW HOLDINGS", "new_holdings")])
def test_an_amendment_says_which_kind_it_is(kind: str, code: str) -> None:
    report = read_text(submission(form="13F-HR/A", first=cover("13F-HR/A", amendment=kind)))
    assert (report.cover.amendment, report.cover.amendment_number) == (kind, 1) and code in _codes(report)


def test_a_notice_has_no_table_and_says_who_reports() -> None:
    report = read_text(cover("13F-NT", "13F NOTICE"))
    assert report.holdings == () and _codes(report) == {"notice"}
    assert "Larkspur Hill UK Ltd" in report.warnings[0].message


def test_a_cover_without_its_table_is_told_from_an_empty_portfolio() -> None:
    assert _codes(read_text(submission(rows=""))) == {"no_table"}


def test_thousands_of_before_2023_become_dollars() -> None:
    thousands = table(
        [(name, cusip, value // 1000, shares, side) for name, cusip, value, shares, side in ROWS]
    )
    report = read_text(
        submission("20221110", "20220930", first=cover(period="09-30-2022", total=4250), rows=thousands)
    )
    assert (report.unit, _shape(report), _codes(report)) == ("thousands", WANTED, set())


def test_thousands_after_the_rule_changed_are_noticed_by_their_prices() -> None:
    thousands = table(
        [(name, cusip, value // 1000, shares, side) for name, cusip, value, shares, side in ROWS]
    )
    report = read_text(submission("20240510", first=cover(total=4250), rows=thousands))
    assert (report.unit, _shape(report), _codes(report)) == ("thousands", WANTED, {"unit_differs"})


def test_dollars_before_the_rule_changed_are_noticed_by_their_prices() -> None:
    report = read_text(submission("20221110", "20220930"))
    assert (report.unit, _shape(report)) == ("dollars", WANTED) and "unit_differs" in _codes(report)


def test_a_late_report_is_told_with_the_day_it_was_due() -> None:
    report = read_text(submission("20240801"))
    assert [each.message for each in report.warnings if each.code == "late"] == [
        "Filed 2024-08-01 for 2024-03-31; it was due 2024-05-15."
    ]


@pytest.mark.parametrize(
    ("period", "day"),
    [
        (date(2024, 3, 31), date(2024, 5, 15)),
        (date(2023, 12, 31), date(2024, 2, 14)),
        (date(2025, 12, 31), date(2026, 2, 17)),
        (date(2024, 9, 30), date(2024, 11, 14)),
    ],
)
def test_the_due_day_moves_past_weekends_and_presidents_day(period: date, day: date) -> None:
    assert due(period) == day


def test_rows_and_total_that_differ_from_the_cover_are_told() -> None:
    assert _codes(read_text(submission(first=cover(rows=9, total=1)))) == {"row_count", "total"}


def test_json_that_calls_dollars_thousands_is_read_as_dollars() -> None:
    rows = [
        {
            "cusip": "12345A109",
            "name_of_issuer": "NORTHERN   WIDGET",
            "shares": 10,
            "shares_type": "SH",
            "value": 1000,
            "put_call": None,
        }
    ]
    report = read_text(
        json.dumps(
            {
                "slug": "larkspur",
                "period_ending": "2025-12-31",
                "filing_date": "2026-02-17",
                "value_units": "USD_THOUSANDS",
                "positions": rows,
            }
        )
    )
    assert (report.total, report.unit, _codes(report)) == (1000, "dollars", {"unit_differs"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dear investor, the fund did well.", "filing_unknown"),
        ("{}", "filing_unknown"),
        ('{"positions": [', "filing_broken"),
        (table()[:-40], "filing_broken"),
        (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><informationTable>&b;</informationTable>',
            "filing_broken",
        ),
        (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><informationTable>&f;</informationTable>',
            "filing_broken",
        ),
    ],
    ids=["letter", "empty-json", "cut-json", "cut-xml", "entity-bomb", "file-entity"],
)
def test_what_is_no_report_is_refused(text: str, code: str) -> None:
    with pytest.raises(FilingRefused) as caught:
        read_text(text)
    assert caught.value.code == code and caught.value.exit_code == 1


def test_a_gzip_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt.gz"
    file.write_bytes(gzip.compress(submission().encode()))
    assert _shape(read(file)) == WANTED


def test_every_raw_file_of_the_reference_data_is_read() -> None:
    files = [file for file in sorted(reference("sec-13f-raw").iterdir()) if file.name != "SOURCE.txt"]
    found = {file.name: read(file) for file in files}
    assert len(found) == 14
    assert sum(bool(report.holdings) for report in found.values()) == 11
    codes = Counter(code for report in found.values() for code in _codes(report))
    assert (codes["notice"], codes["restatement"], codes["combination"], codes["no_table"]) == (1, 1, 2, 2)
    after_the_change = [
        each
        for each in found.values()
        if each.cover.filed and each.cover.filed >= date(2023, 1, 3) and each.holdings
    ]
    assert Counter(each.unit for each in after_the_change) == {"dollars": 3, "thousands": 1}
    assert sum("unit_differs" in _codes(each) for each in after_the_change) == 1


DECLARED = '<?xml version="1.0" encoding="ASCII"?>\n'


def test_a_page_that_declares_an_encoding_is_read_or_refused_in_words() -> None:
    assert _shape(read_text(DECLARED + PAGE)) == _shape(read_text(PAGE))
    for body in ("<html><body><p>A 10-K.</p></body></html>", "<!doctype html>"):
        with pytest.raises(FilingRefused) as refused:
            read_text(DECLARED + body, "annual.htm")
        assert refused.value.code == "filing_unknown" and "annual.htm" in refused.value.message

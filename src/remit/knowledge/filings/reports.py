"""One 13F file, whatever its form, as a report in US dollars with everything odd about it named."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from remit.kit.dates import DateUnreadable, parse_date
from remit.kit.text import counted
from remit.knowledge import submissions
from remit.knowledge.documents.read import load_text
from remit.knowledge.filings import tables, units, xml_forms
from remit.knowledge.filings.model import (
    Amendment,
    Cover,
    FilingRefused,
    Found,
    Holding,
    Report,
    Warned,
    joined,
)

DAYS_TO_FILE: Final = 45


def read(path: Path) -> Report:
    """The report in the file at `path` (gzip or not). Raises FilingRefused, DocumentRefused."""
    return read_text(load_text(path), path.name)


def read_text(text: str, name: str = "the input") -> Report:
    """The report in `text`: a submission (.txt, .nc), a cover page, an information table, an EDGAR page, text or JSON."""
    found = Found()
    parts = submissions.documents(text)
    if parts:
        found.cover = _from_header(submissions.header(text))
        for part in parts:
            _take(part.body, part.filename or name, found)
    else:
        _take(text, name, found)
    if not found.holdings and not found.cover.form and not found.cover.manager:
        raise FilingRefused(
            "filing_unknown",
            f"{name} is no 13F report: it has neither a cover page nor an information table.",
        )
    return _report(found)


def _take(body: str, name: str, found: Found) -> None:
    start = body.lstrip()[:3000]
    if start.startswith("{"):
        tables.json_table(body, name, found)
    elif re.search(r"<(?:\w+:)?(?:edgarSubmission|informationTable)\b", start) and not re.search(
        r"<!doctype\s+html|<html", start, re.IGNORECASE
    ):
        xml_forms.read(xml_forms.parse(body, name), found)
    elif re.search(r"<!doctype\s+html|<html|<table[^>]+>\s*<t", start, re.IGNORECASE):
        tables.cells(tables.html_rows(body), found)
    else:
        found.cover = _from_text(body, found.cover)
        tables.text_table(body, found)


def _from_header(fields: dict[str, str]) -> Cover:
    form = fields.get("CONFORMED SUBMISSION TYPE") or fields.get("TYPE", "")
    return Cover(
        manager=joined(fields.get("COMPANY CONFORMED NAME") or fields.get("CONFORMED NAME", "")),
        cik=fields.get("CENTRAL INDEX KEY") or fields.get("CIK", ""),
        accession=fields.get("ACCESSION NUMBER", ""),
        form=form,
        period=xml_forms.american(fields.get("CONFORMED PERIOD OF REPORT") or fields.get("PERIOD", "")),
        filed=xml_forms.american(fields.get("FILED AS OF DATE") or fields.get("FILING DATE", "")),
    )


_NAMED: Final = re.compile(r"Name:\s+(?P<name>\S[^\n]{2,100})")
_ENDED: Final = re.compile(
    r"(?:quarter\s+ended|period\s+ended)[:\s]+(?P<day>\w+\s+\d{1,2},\s+\d{4}|\d{1,2}/\d{1,2}/\d{4})",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(r"Table\s+Value\s+Total:\s+\$?\s*(?P<total>[\d,]+)", re.IGNORECASE)
_ROWS: Final = re.compile(r"Table\s+Entry\s+Total:\s+(?P<rows>[\d,]+)", re.IGNORECASE)


def _from_text(body: str, known: Cover) -> Cover:
    """What the cover page of a text filing says and the header does not."""
    name, total, count, ended = (pattern.search(body) for pattern in (_NAMED, _TOTAL, _ROWS, _ENDED))
    amendment: Amendment = known.amendment
    if re.search(r"\[\s*x\s*\]\s*is\s+a\s+restatement", body, re.IGNORECASE):
        amendment = "RESTATEMENT"
    elif re.search(r"\[\s*x\s*\]\s*adds\s+new\s+holdings", body, re.IGNORECASE):
        amendment = "NEW HOLDINGS"
    form = known.form or (
        "13F-NT"
        if re.search(r"\[\s*x\s*\]\s*13F\s+NOTICE", body, re.IGNORECASE)
        else "13F-HR"
        if "13F" in body[:5000] and name
        else ""
    )
    return dataclasses.replace(
        known,
        manager=known.manager or (joined(name["name"]) if name else ""),
        form=form,
        period=known.period or (_day(ended["day"]) if ended else None),
        amendment=amendment,
        stated_total=known.stated_total if total is None else xml_forms.number(total["total"]),
        stated_rows=known.stated_rows if count is None else xml_forms.number(count["rows"]),
    )


def _day(words: str) -> date | None:
    try:
        return parse_date(words, "mdy")
    except DateUnreadable:
        return None  # the report is then said to have no period


def _report(found: Found) -> Report:
    cover = found.cover
    unit, warned = units.decide(found.holdings, cover.filed, found.unit_stated)
    factor = 1000 if unit == "thousands" else 1
    rows = tuple(dataclasses.replace(each, value=each.value * factor) for each in found.holdings)
    return Report(cover, rows, unit, (*found.warnings, *warned, *_oddities(cover, found.holdings)))


def _oddities(cover: Cover, rows: list[Holding]) -> list[Warned]:
    warned: list[Warned] = []
    notice = "NT" in cover.form.upper() or "NOTICE" in cover.report_type.upper()
    if notice:
        others = ", ".join(cover.other_managers) or "other managers"
        warned.append(Warned("notice", f"A 13F notice has no table: the holdings are reported by {others}."))
    elif not rows:
        warned.append(Warned("no_table", "The file has a cover page and no information table."))
    if "COMBINATION" in cover.report_type.upper():
        warned.append(
            Warned(
                "combination", "A combination report: part of the holdings are in reports of other managers."
            )
        )
    if cover.amendment == "RESTATEMENT":
        warned.append(Warned("restatement", "An amendment that replaces the whole earlier report."))
    elif cover.amendment == "NEW HOLDINGS":
        warned.append(
            Warned(
                "new_holdings", "An amendment that adds holdings: by itself it is not the whole portfolio."
            )
        )
    if cover.period and cover.filed and cover.filed > due(cover.period):
        warned.append(
            Warned(
                "late",
                f"Filed {cover.filed.isoformat()} for {cover.period.isoformat()}; it was due {due(cover.period).isoformat()}.",
            )
        )
    if cover.confidential:
        warned.append(
            Warned("confidential", "Some holdings are left out under a request for confidential treatment.")
        )
    if rows and cover.stated_rows is not None and cover.stated_rows != len(rows):
        warned.append(
            Warned(
                "row_count",
                f"The cover states {counted(cover.stated_rows, 'row')}; the table has {len(rows):,}.",
            )
        )
    total = sum(each.value for each in rows)
    if (
        rows
        and cover.stated_total is not None
        and abs(cover.stated_total - total) > max(1, len(rows))
        and abs(cover.stated_total - total * 1000) > 1000 * len(rows)
    ):
        warned.append(
            Warned("total", f"The cover states a total of {cover.stated_total:,}; the rows sum to {total:,}.")
        )
    if not cover.manager:
        warned.append(Warned("no_manager", "The file does not say whose holdings these are."))
    if cover.period is None:
        warned.append(Warned("no_period", "The file does not say for which quarter it is."))
    return warned


def due(period: date) -> date:
    """The last day to file for `period`: 45 days after its end, moved past a weekend or Presidents' Day."""
    day = period + timedelta(days=DAYS_TO_FILE)
    while day.weekday() >= 5 or (day.month == 2 and day.weekday() == 0 and 15 <= day.day <= 21):
        day += timedelta(days=1)
    return day

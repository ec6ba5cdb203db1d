"""A 13F report as a document: a plain table that people can read and that is read back exactly."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final, get_args

from remit.kit.text import counted
from remit.knowledge.filings.changes import Changes, Position, compare, positions
from remit.knowledge.filings.model import Amendment, Cover, Holding, Report, Warned

HEAD: Final = "CUSIP | Issuer | Class | Value, US dollars | Amount | Type | Put or call"
_FIELDS: Final = (
    "Manager",
    "CIK",
    "Accession number",
    "Form",
    "Period",
    "Filed",
    "Amendment",
    "Filed in",
    "Other managers",
)


def as_text(report: Report) -> str:
    """The report as lines: its cover, then one line a row."""
    cover = report.cover
    said = (
        cover.manager, cover.cik, cover.accession, cover.form, cover.period or "", cover.filed or "", cover.amendment,
        report.unit, "; ".join(cover.other_managers),
    )  # fmt: skip
    lines = [f"{name}: {value}" for name, value in zip(_FIELDS, said, strict=True) if value]
    lines += [
        f"Total value: ${report.total:,} in {counted(len(report.holdings), 'row')}; {counted(len(positions(report.holdings)), 'position')}",
        "",
        HEAD,
    ]
    lines += [_line(row) for row in report.holdings]
    return "\n".join(lines)


def _line(row: Holding) -> str:
    cells = (
        row.cusip, _cell(row.issuer), _cell(row.title), f"{row.value:,}", f"{row.shares:,}", row.share_type, row.put_call,
    )  # fmt: skip
    return " | ".join(cells).rstrip(" |")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def from_text(text: str) -> Report:
    """The report in a document's text, as `as_text` wrote it. Lines of another form are passed over."""
    head, _, table = text.partition(HEAD)
    given = dict(re.findall(r"^([A-Z][A-Za-z ]+): (.*)$", head, re.MULTILINE))
    amendment: Amendment = given["Amendment"] if given.get("Amendment") in get_args(Amendment) else ""
    others = tuple(name for name in given.get("Other managers", "").split("; ") if name)
    cover = Cover(
        manager=given.get("Manager", ""), cik=given.get("CIK", ""), accession=given.get("Accession number", ""),
        form=given.get("Form", ""), period=_day(given.get("Period", "")), filed=_day(given.get("Filed", "")), amendment=amendment,
        other_managers=others,
    )  # fmt: skip
    rows = tuple(filter(None, (_row(line) for line in table.splitlines())))
    return Report(cover, rows, "thousands" if given.get("Filed in") == "thousands" else "dollars")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def _row(line: str) -> Holding | None:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) < 6 or not all(re.fullmatch(r"-?[\d,]+", cells[at]) for at in (3, 4)):
        return None
    value, shares = (int(cells[at].replace(",", "")) for at in (3, 4))
    side: Any = cells[6] if len(cells) > 6 and cells[6] in ("PUT", "CALL") else ""
    return Holding(cells[1], cells[2], cells[0], value, shares, cells[5], side)


def positions_of(report: Report) -> list[Position]:
    """Rows added up by security, the largest first."""
    return positions(report.holdings)


def moves(now: Report, before: Report) -> tuple[Changes, list[Warned]]:
    """What became of the positions since the report before, and what makes the comparison doubtful."""
    return compare(now, before)

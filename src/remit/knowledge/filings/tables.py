"""Information tables that are no XML: rows of an HTML page, the old text table, and tables kept as JSON."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from remit.kit.text import counted
from remit.knowledge.filings.model import Cover, FilingRefused, Found, Holding, Warned, joined, put_call
from remit.knowledge.filings.xml_forms import american, number

_CUSIP: Final = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-Z]{5}[0-9A-Z*@#]{1}[ -]?[0-9A-Z*@#]{2}[ -]?[0-9])(?![0-9A-Za-z])", re.IGNORECASE
)
_AFTER: Final = re.compile(
    r"""^\s*(?:[$]?\s*(?P<value>[\d,]+))\s+(?P<shares>[\d,]+(?:\.\d+)?)\s*
    (?:(?P<type>SH|PRN)\b)?\s*(?:(?P<putcall>PUT|CALL)S?\b)?\s*
    (?P<discretion>SOLE|DFND|DEFINED|OTHER|OTR|SHARED(?:-\w+)?|SH-\w+)?\b\s*(?P<rest>.*)$""",
    re.IGNORECASE | re.VERBOSE,
)
_THOUSANDS: Final = re.compile(r"\(?x\s*\$?1,?000\)?|in\s+thousands|\(000'?s?\)|\$\s?000", re.IGNORECASE)


def cells(rows: list[list[str]], found: Found) -> None:
    """Rows of a page as EDGAR shows it: issuer, class, CUSIP, [FIGI,] value, shares, type, put/call, discretion, …"""
    for row in rows:
        at = next(
            (
                place
                for place, cell in enumerate(row)
                if place >= 1 and re.fullmatch(r"[0-9A-Za-z*@#]{9}", cell) and re.search(r"\d", cell)
            ),
            None,
        )
        if at is None or at + 3 >= len(row):
            continue
        rest = row[at + 1 :]
        figi = ""
        if rest and (not rest[0] or (re.fullmatch(r"[0-9A-Z]{12}", rest[0]) and number(rest[0]) is None)):
            figi, rest = rest[0], rest[1:]
        value, shares = number(rest[0]), number(rest[1]) if len(rest) > 1 else None
        if value is None or shares is None:
            continue
        rest += [""] * 8
        found.holdings.append(
            Holding(joined(row[at - 2] if at >= 2 else row[0]), joined(row[at - 1] if at >= 2 else ""), row[at].upper(), value, shares, rest[2].upper() or "SH",
                    put_call(rest[3]), rest[4].upper(), rest[5], figi, (number(rest[6]) or 0, number(rest[7]) or 0, number(rest[8]) or 0))
        )  # fmt: skip


def html_rows(body: str) -> list[list[str]]:
    """Every table row of a page as its cells, empty cells kept; none of a page that holds nothing."""
    from lxml import etree, html

    # The text is decoded by now: an XHTML page that still declares an encoding would be refused by the parser.
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", body)
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(recover=True, no_network=True))
    except etree.ParserError:
        return []  # nothing but a declaration or comments: the caller then says that it is no report
    found = []
    for row in root.iter("tr"):
        found.append([joined("".join(cell.itertext())) for cell in row if cell.tag in ("td", "th")])
    return found


def text_table(body: str, found: Found) -> None:
    """The table of filings before 2013: one line a row, columns by blanks. A line without a CUSIP is no row."""
    columns: list[int] = []
    missed = 0
    for line in body.splitlines():
        if line.lstrip().upper().startswith("<S>"):
            columns = [match.start() for match in re.finditer(r"<[SC]>", line, re.IGNORECASE)]
            continue
        row, maybe = _text_row(line, columns)
        if row is not None:
            found.holdings.append(row)
        missed += row is None and maybe
    if _THOUSANDS.search(body):
        found.unit_stated = "thousands"
    if missed:
        found.warnings.append(
            Warned(
                "rows_unread",
                f"{counted(missed, 'line of the table has', 'lines of the table have')} a CUSIP and could not be read.",
            )
        )


def _text_row(line: str, columns: list[int]) -> tuple[Holding | None, bool]:
    """The row of one line, and whether the line has a CUSIP at all."""
    for match in _CUSIP.finditer(line):
        cusip = re.sub(r"[ -]", "", match[1]).upper()
        before, after = line[: match.start()].rstrip(), _AFTER.match(line[match.end() :])
        if not before.strip() or sum(mark.isdigit() for mark in cusip) < 2:
            continue
        if after is None:
            return None, bool(re.search(r"\d[\d,]{2,}", line[match.end() :]))
        issuer, title = _named(before, columns)
        numbers = re.findall(r"\d[\d,]*", after["rest"])
        votes = [number(each) or 0 for each in numbers[-3:]] if len(numbers) >= 3 else [0, 0, 0]
        managers = ",".join(numbers[:-3]) if len(numbers) > 3 else ""
        return Holding(
            issuer, title, cusip, number(after["value"]) or 0, number(after["shares"]) or 0, (after["type"] or "SH").upper(), put_call(after["putcall"]),
            (after["discretion"] or "").upper(), managers, "", (votes[0], votes[1], votes[2]),
        ), True  # fmt: skip
    return None, False


def _named(before: str, columns: list[int]) -> tuple[str, str]:
    """Issuer and class: parted by the table's own column, else by the last run of blanks, else by the last word."""
    if (
        len(columns) > 1
        and columns[0] < columns[1] < len(before)
        and before[columns[1] - 1 : columns[1]].isspace()
    ):
        return joined(before[: columns[1]]), joined(before[columns[1] :])
    parts = re.split(r"\s{2,}", before.strip())
    if len(parts) > 1:
        return joined(" ".join(parts[:-1])), joined(parts[-1])
    issuer, _, title = before.strip().rpartition(" ")
    return joined(issuer or title), joined(title if issuer else "")


def json_table(text: str, name: str, found: Found) -> None:
    """A table kept as JSON: `positions` with cusip, name_of_issuer, shares, value, put_call, …"""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise FilingRefused(
            "filing_broken", f"{name} is damaged JSON: {error.msg} (line {error.lineno})."
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("positions"), list):
        raise FilingRefused("filing_unknown", f"{name} has no list of positions.")
    found.cover = Cover(
        manager=joined(str(document.get("manager") or document.get("slug") or "")), accession=str(document.get("accession") or ""), form="13F-HR",
        period=american(str(document.get("period_ending") or "")), filed=american(str(document.get("filing_date") or "")),
        stated_rows=document.get("position_count"), stated_total=document.get("total_value"),
    )  # fmt: skip
    found.unit_stated = "thousands" if "THOUSAND" in str(document.get("value_units") or "").upper() else ""
    found.holdings += [_position(each) for each in document["positions"]]


def _position(row: dict[str, Any]) -> Holding:
    return Holding(
        joined(str(row.get("name_of_issuer") or "")), joined(str(row.get("title_of_class") or "")), str(row["cusip"]).upper(), int(row["value"]), int(row["shares"]),
        str(row.get("shares_type") or "SH").upper(), put_call(row.get("put_call")), str(row.get("investment_discretion") or ""), str(row.get("other_managers") or ""), "",
        (int(row.get("voting_sole") or 0), int(row.get("voting_shared") or 0), int(row.get("voting_none") or 0)),
    )  # fmt: skip

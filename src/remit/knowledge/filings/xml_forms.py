"""The XML of a 13F: cover page and information table, with or without namespaces, entities never expanded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from remit.knowledge.filings.model import (
    Amendment,
    Cover,
    FilingRefused,
    Found,
    Holding,
    Warned,
    joined,
    put_call,
)

MAX_ROWS: Final = 200_000
"""Rows of one table: the largest managers report some tens of thousands."""


def parse(body: str, name: str) -> Any:
    """The root element of `body`. Raises FilingRefused for what is no XML, or XML that declares entities."""
    from lxml import etree

    if re.search(r"<!(?:DOCTYPE|ENTITY)\b", body[:100_000], re.IGNORECASE):
        raise FilingRefused(
            "filing_broken", f"{name} declares its own XML entities; no filing does, and it is not read."
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", body).strip()
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise FilingRefused(
            "filing_broken", f"{name} is damaged XML: {error.msg}. Fetch it again.", {"line": error.lineno}
        ) from error


def local(element: Any) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _all(root: Any, name: str) -> Iterator[Any]:
    return (each for each in root.iter() if isinstance(each.tag, str) and local(each) == name)


def text_of(root: Any, *path: str) -> str:
    """The text of the first element reached by `path` of local names, '' when there is none."""
    here = root
    for name in path:
        here = next(_all(here, name), None)
        if here is None:
            return ""
    return joined("".join(here.itertext()))


def read(root: Any, found: Found) -> None:
    """Take cover and rows of one XML document into `found`."""
    if local(root) == "edgarSubmission":
        found.cover = _cover(root, found.cover)
        for contents in _all(root, "contents"):  # the official samples carry the table in base64
            _embedded("".join(contents.itertext()), found)
    for number, row in enumerate(_all(root, "infoTable")):
        if number >= MAX_ROWS or any(local(each) == "infoTable" for each in row.iterancestors()):
            raise FilingRefused(
                "filing_broken",
                f"Its table has more than {MAX_ROWS:,} rows, or rows inside of rows; no filing does.",
            )
        found.holdings.append(_holding(row))


def _embedded(text: str, found: Found) -> None:
    try:
        body = base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        found.warnings.append(
            Warned("embedded_unread", "A document inside the submission could not be decoded.")
        )
        return
    if "informationTable" in body:
        read(parse(body, "the embedded table"), found)


def _cover(root: Any, known: Cover) -> Cover:
    kind = text_of(root, "amendmentType").upper()
    amendment: Amendment = (
        "RESTATEMENT" if kind == "RESTATEMENT" else "NEW HOLDINGS" if kind.startswith("NEW") else ""
    )
    return Cover(
        manager=text_of(root, "filingManager", "name") or known.manager,
        cik=text_of(root, "credentials", "cik") or known.cik,
        accession=known.accession,
        form=text_of(root, "submissionType") or known.form,
        report_type=text_of(root, "reportType"),
        period=american(text_of(root, "periodOfReport") or text_of(root, "reportCalendarOrQuarter"))
        or known.period,
        filed=known.filed or american(text_of(root, "signatureDate")),
        amendment=amendment,
        amendment_number=number(text_of(root, "amendmentNo")),
        other_managers=tuple(
            dict.fromkeys(
                text_of(each, "name")
                for tag in ("otherManager", "otherManager2")
                for each in _all(root, tag)
                if text_of(each, "name")
            )
        ),
        stated_rows=number(text_of(root, "tableEntryTotal")),
        stated_total=number(text_of(root, "tableValueTotal")),
        confidential=text_of(root, "isConfidentialOmitted").lower() in ("true", "y", "1"),
    )


def american(words: str) -> date | None:
    """The day of 'MM-DD-YYYY', 'MM/DD/YYYY', 'YYYY-MM-DD' or 'YYYYMMDD'; None for anything else."""
    parts = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", words.strip())
    turned = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", words.strip())
    numbers = (
        (int(parts[3]), int(parts[1]), int(parts[2]))
        if parts
        else tuple(int(each) for each in turned.groups())
        if turned
        else None
    )
    try:
        return date(*numbers) if numbers else None
    except ValueError:
        return None


def number(words: str) -> int | None:
    """A whole number from digits with commas, blanks or a currency sign, brackets for minus; None when it is none."""
    text = re.sub(r"[\s,$]", "", words)
    if re.fullmatch(r"\(\d+(?:\.\d+)?\)", text):
        text = "-" + text[1:-1]
    try:
        return int(Decimal(text).to_integral_value()) if text else None
    except InvalidOperation:
        return None


def _holding(row: Any) -> Holding:
    return Holding(
        issuer=text_of(row, "nameOfIssuer"),
        title=text_of(row, "titleOfClass"),
        cusip=text_of(row, "cusip").upper().replace(" ", "").zfill(9),
        value=number(text_of(row, "value")) or 0,
        shares=number(text_of(row, "sshPrnamt")) or 0,
        share_type=text_of(row, "sshPrnamtType").upper() or "SH",
        put_call=put_call(text_of(row, "putCall")),
        discretion=text_of(row, "investmentDiscretion").upper(),
        other_managers=",".join(
            dict.fromkeys(joined("".join(each.itertext())) for each in _all(row, "otherManager"))
        ),
        figi=text_of(row, "figi"),
        voting=(
            number(text_of(row, "Sole")) or 0,
            number(text_of(row, "Shared")) or 0,
            number(text_of(row, "None")) or 0,
        ),
    )

"""Texts from outside that would keep the process busy for minutes: a search holds everybody up while it runs."""

from __future__ import annotations

import gzip
import time
from datetime import date

import pytest

from remit.evidence.claims import Context, split
from remit.evidence.facts import looks_like_instruction
from remit.evidence.support import check_text
from remit.kit.ids import new_id
from remit.knowledge.documents import DocumentRefused, read_bytes
from remit.knowledge.filings import reports
from remit.knowledge.filings.model import FilingRefused
from remit.knowledge.notes.minutes import read
from remit.knowledge.pasted.extract import extract
from tests.evals.notes.cases import VOICES

SECONDS = 20.0  # of the processor: tells a search that answers from one that hangs, and measures nothing


@pytest.mark.parametrize("piece", ["a@", "1,", "(", "<a", "a|"])
def test_whether_it_is_an_order_is_known_soon(piece: str) -> None:
    start = time.process_time()
    looks_like_instruction(piece * (100_000 // len(piece)) + "é")
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("piece", ["Mr. ", "U.S. "])
def test_sentences_are_found_soon(piece: str) -> None:
    start = time.process_time()
    list(split(piece * 25_000))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("piece", ["1,", "a@", "AB12", "A-", "\t", "Ab&"])
def test_a_pasted_text_is_read_soon(piece: str) -> None:
    start = time.process_time()
    extract(piece * 20_000, date(2026, 11, 28))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("piece", ["Ab-", "will be sending ", "Our ab-"])
def test_a_note_is_read_soon(piece: str) -> None:
    start = time.process_time()
    read(piece * 20_000 + " will be there by Friday.", date(2026, 11, 28), VOICES)
    assert time.process_time() - start < SECONDS


def test_addresses_and_tags_still_read_as_orders() -> None:
    for text in (
        "write to a.b@c.example now",
        "x@y.z",
        "a@b@c.example",
        "a@b@.c",
        "see <b> here",
        "< / script src=x >",
        "</p>",
        '<img alt="<" src=x>',
    ):
        assert looks_like_instruction(text), text
    for text in ("They grew @ 5 percent.", "3 < 4 and 5", "met @home today. Fine"):
        assert not looks_like_instruction(text), text


def test_a_page_of_markup_alone_does_not_fill_the_process_that_serves_everybody() -> None:
    """6 KB of gzip are a million elements: minutes and gigabytes at the largest upload, and the web server does nothing else."""
    page = gzip.compress(b"<html><body>" + b"<p>x" * 1_000_000)
    start = time.process_time()
    try:
        found = read_bytes(page, "a.html")
    except DocumentRefused as refused:
        assert refused.code == "document_unreadable"
    else:
        assert found.text.count("x") == 1_000_000
    assert time.process_time() - start < SECONDS / 10


@pytest.mark.parametrize(
    "rows", ["<infoTable/>" * 250_000, ("<infoTable>" * 200 + "</infoTable>" * 200) * 200]
)
def test_a_13f_of_rows_alone_is_refused_soon(rows: str) -> None:
    """64 MB of it kept the web server busy for minutes, rows inside of rows for hours."""
    start = time.process_time()
    with pytest.raises(FilingRefused, match="no filing does"):
        reports.read_text(f"<informationTable>{rows}</informationTable>", "13f.xml")
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("piece", ["1,", "we cut 10% ", "up from 1 to 2 to "])
def test_a_draft_is_checked_soon(piece: str) -> None:
    """Six thousand characters of “1,” took twenty seconds, with the cube of their number: one draft held everybody up."""
    context = Context(date(2026, 11, 28), new_id(), "Pine Capital", "Northlake", frozenset(), ())
    start = time.process_time()
    (sentence,) = check_text(piece * (20_000 // len(piece)), [], context)
    assert sentence.support.state == "unsupported"
    check_text(f"{piece * (1_900 // len(piece))}\n\n" * 5, [], context)
    assert time.process_time() - start < SECONDS

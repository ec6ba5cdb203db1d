"""What strangers wrote is read in a process of its own: no parser of such formats runs where the pages are served."""

from __future__ import annotations

from typing import NoReturn

import pytest

from remit.domains.documents import intake
from remit.domains.documents.rules import DocumentKind
from remit.knowledge.filings.model import FilingRefused
from tests.knowledge.documents.test_apart import docx
from tests.knowledge.filings.forms import submission
from tests.support.pdfs import pdf


def _here(*_args: object) -> NoReturn:
    raise AssertionError("read in the process that serves the pages")


@pytest.mark.parametrize(
    ("kind", "data"),
    [("13F", submission().encode()), ("call_transcript", pdf(["Total revenue was $412 million, up 9%."])), ("call_transcript", docx("Revenue was up."))],
    ids=["13F", "PDF", "Word"],
)  # fmt: skip
def test_no_reader_runs_in_the_process_that_serves(
    monkeypatch: pytest.MonkeyPatch, kind: DocumentKind, data: bytes
) -> None:
    for reader in ("filings.reports.read_text", "documents.pdf.read", "documents.docx.read"):
        monkeypatch.setattr(f"remit.knowledge.{reader}", _here)
    assert intake.from_bytes(data, "a", kind).text


def test_a_13f_whose_reader_falls_takes_nobody_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.knowledge.apart.sys.executable", "/bin/false")
    with pytest.raises(FilingRefused) as caught:
        intake.from_bytes(submission().encode(), "a.txt", "13F")
    assert caught.value.code == "filing_too_large" and "information table alone" in caught.value.message


def test_a_13f_says_the_same_as_when_read_here() -> None:
    for text, code in (("<informationTable><x", "filing_broken"), ("A letter.", "filing_unknown")):
        with pytest.raises(FilingRefused) as caught:
            intake.from_bytes(text.encode(), "a.xml", "13F")
        assert caught.value.code == code and "a.xml" in caught.value.message

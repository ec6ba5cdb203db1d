"""Summaries measured on the reference data: nearness to people's bullets, and every number in its place. Prints its figures.

Each third call of the set, which is what the test suite has time for; all of them with REMIT_WHOLE=1.

The numbers are checked twice: by the product's own check, and here by another, cruder one that shares no code with it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from statistics import mean
from time import perf_counter

import pytest

from remit.kit.rouge import Rouge, rouge
from remit.knowledge.documents import read
from remit.llm.embedded.summary import tables
from remit.llm.embedded.summary.model import Kind, Text
from remit.llm.embedded.summary.summarise import Summary, summarise
from tests.support.reference_data import reference

pytestmark = pytest.mark.slow
_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth"}


def _calls() -> Iterator[tuple[str, str]]:
    with gzip.open(reference("calls-ectsum/ectsum_val.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, 1 if os.environ.get("REMIT_WHOLE") else 3):
            row = json.loads(line)
            yield row["transcript"], row["summary"]


def _unsupported(summary: Summary) -> list[str]:
    """Numbers of the bullets whose digits are not in the quotes; a quarter may be written as a word there."""
    missing = []
    for bullet in summary.bullets:
        quotes = " ".join(each.quote for each in bullet.citations)
        there = set(re.findall(r"\d[\d,]*(?:\.\d+)?", quotes))
        for quarter in re.findall(r"\bQ([1-4])\b", bullet.text):
            if f"Q{quarter}" not in quotes and not re.search(
                rf"{_ORDINALS[quarter]}|{quarter}(?:st|nd|rd|th)", quotes, re.IGNORECASE
            ):
                missing.append(f"Q{quarter}: {bullet.text}")
        for number in re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"\bQ[1-4]\b", "", bullet.text)):
            if number.rstrip(",") not in {each.rstrip(",") for each in there}:
                missing.append(f"{number}: {bullet.text}")
    return missing


def _show(name: str, found: list[Rouge]) -> None:
    print(
        f"{name}: ROUGE-1 {mean(f.one for f in found):.4f}  2 {mean(f.two for f in found):.4f}  L {mean(f.longest for f in found):.4f}  (n = {len(found)})"
    )


def test_calls_are_near_what_people_wrote_and_every_number_is_supported() -> None:
    ours, lead, seconds, numbers, missing = [], [], [], 0, []
    for transcript, summary in _calls():
        started = perf_counter()
        made = summarise(Text(transcript), "earnings-call")
        seconds.append(perf_counter() - started)
        ours.append(rouge("\n".join(each.text for each in made.bullets), summary))
        lead.append(rouge(" ".join(transcript.split()[:60]), summary))
        numbers += len(made.numbers)
        missing += _unsupported(made)
    _show("\ncalls, ours", ours)
    _show("calls, first 60 words", lead)
    print(
        f"numbers {numbers}, unsupported {len(missing)}; longest {max(seconds):.2f} s; no word in common: {sum(f.one == 0 for f in ours)}"
    )
    assert mean(f.one for f in ours) >= 0.34
    assert missing == []


@pytest.mark.parametrize(
    ("pattern", "kind"), [("*10-k*.gz", "10-K"), ("*10-q*.gz", "10-Q"), ("*8[-kK]*.gz", "8-K")]
)
def test_filings_are_summarised_with_every_number_supported(pattern: str, kind: Kind) -> None:
    slowest, lines = 0.0, 0
    for file in sorted(reference("sec-filings").glob(pattern)):
        started = perf_counter()
        document = read(file)
        made = summarise(Text(document.text, document.headings), kind)
        slowest = max(slowest, perf_counter() - started)
        lines += len(made.bullets)
        assert made.bullets and _unsupported(made) == [], file.name
    print(f"\n{kind}: {lines} bullets, slowest {slowest:.2f} s")


_TAGGED = {
    "revenue": r"us-gaap:(?:Revenues|RevenueFromContractWithCustomer\w*)",
    "net income": r"us-gaap:(?:NetIncomeLoss|ProfitLoss)",
    "diluted": r"us-gaap:(?:EarningsPerShareDiluted|EarningsPerShareBasicAndDiluted)",
}


@pytest.mark.parametrize("pattern", ["*10-k*.gz", "*10-q*.gz"])
def test_figures_of_reports_are_those_that_their_filers_tagged(pattern: str) -> None:
    """Inline XBRL says which number is revenue and which is net income; a wrong row or column shows here."""
    seen = 0
    for file in sorted(reference("sec-filings").glob(pattern)):
        page = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
        for row in tables.rows(read(file).text):
            if row.kind not in _TAGGED:
                continue
            tags = re.findall(
                rf"<ix:nonFraction[^>]*name=\"{_TAGGED[row.kind]}\"[^>]*>(?:<[^>]+>)*([\d,.]+)",
                page,
                re.IGNORECASE,
            )
            assert {re.sub(r"[^\d.]", "", row.now), re.sub(r"[^\d.]", "", row.before)} <= {
                each.replace(",", "") for each in tags
            }, (file.name, row)
            seen += 1
    print(f"\n{pattern}: {seen} figures agree with their tags")
    assert seen >= 8


def test_meetings_are_summarised_with_every_number_supported() -> None:
    with gzip.open(reference("meetings-qmsum/product_val.jsonl.gz"), "rt", encoding="utf-8") as lines:
        meetings = [json.loads(line) for line in lines]
    for meeting in meetings:
        text = "\n".join(f"{turn['speaker']}: {turn['content']}" for turn in meeting["meeting_transcripts"])
        made = summarise(Text(text), "meeting")
        assert made.bullets and _unsupported(made) == []

"""Form ADV rows become facts that could be recorded as they are."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from remit.domains.facts.actions import RecordFact
from remit.knowledge.filings import form_adv
from remit.knowledge.filings.model import FilingRefused
from tests.support.reference_data import reference

DAY = date(2024, 3, 28)
ROWS = (
    "CRD Number,Primary Business Name,Total AUM,Number of clients (Pooled Investment Vehicles),AUM (Pooled Investment Vehicles),Number of clients (Insurance Companies),"
    "AUM (Insurance Companies),Number of Employees Full Time and Part Time,Prime Brokers,Custodians\n"
    "900001,Larkspur  Hill Partners,4200000000.0,6.0,\"4,000,000,000\",0.0,0.0,38.0,Kestrel Prime; Ostrava Clearing,Y\n"
    "900002,Bramble Advisers,,,,,,,None,Harbour Trust\n"
)  # fmt: skip


def _read(tmp_path: Path, text: str = ROWS) -> list[form_adv.Adviser]:
    file = tmp_path / "adv.csv"
    file.write_text(text, encoding="utf-8")
    return form_adv.read(file, DAY, "0000000042-24-000007")


def test_a_row_gives_its_facts_with_source_and_quote(tmp_path: Path) -> None:
    adviser = _read(tmp_path)[0]
    said = [(each.fact_kind, each.subject, each.value) for each in adviser.facts]
    assert (adviser.name, adviser.identifier, adviser.row) == ("Larkspur Hill Partners", "900001", 2)
    assert said == [
        ("aum", "", "$4,200,000,000"),
        ("client_type", "Pooled Investment Vehicles", "6 clients, $4,000,000,000"),
        ("headcount", "", "38"),
        ("prime_broker", "", "Kestrel Prime"),
        ("prime_broker", "", "Ostrava Clearing"),
    ]
    first = adviser.facts[0]
    assert (first.value_minor, first.value_currency, first.quote) == (
        420_000_000_000,
        "USD",
        "Total AUM: 4200000000.0",
    )
    assert (first.locator, first.as_of_on, first.sensitivity) == (
        "0000000042-24-000007 row 2 (900001)",
        DAY,
        "public",
    )
    assert adviser.facts[2].value_number == Decimal("38")


def test_empty_cells_and_yes_or_no_make_no_facts(tmp_path: Path) -> None:
    assert [(each.fact_kind, each.value) for each in _read(tmp_path)[1].facts] == [
        ("custodian", "Harbour Trust")
    ]


def test_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FilingRefused) as caught:
        _read(tmp_path, "name,city\nA,B\n")
    assert caught.value.code == "filing_unknown"


def test_facts_fit_the_verb_that_records_them(tmp_path: Path) -> None:
    for adviser in _read(tmp_path):
        for fact in adviser.facts:
            assert RecordFact(**dataclasses.asdict(fact)).fact_kind == fact.fact_kind


def test_every_adviser_of_the_reference_data_has_facts_that_fit() -> None:
    advisers = form_adv.read(reference("form-adv") / "advisers.csv", date(2019, 12, 31))
    assert len(advisers) == 212 and all(each.name for each in advisers)
    with_assets = [each for each in advisers if any(fact.fact_kind == "aum" for fact in each.facts)]
    assert len(with_assets) == 196  # the other 16 report zero
    for adviser in advisers:
        for fact in adviser.facts:
            RecordFact(**dataclasses.asdict(fact))

"""Every piece of deliberate dirt is there, is dirty in the way its kind says, and carries the truth."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import date

import pytest

from remit.demo import parameters as p
from remit.demo.dirt import chosen
from remit.demo.firm import Firm
from remit.demo.generate import Summary, account_count, client_rows, firm_of
from remit.demo.spade import Spot
from remit.demo.tables import TABLES
from remit.evidence.facts import looks_like_instruction

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def firm() -> Firm:
    return firm_of(7, DAY, 1)


@pytest.fixture(scope="module")
def summary(firm: Firm) -> Summary:
    return Summary(7, DAY, 1)


@pytest.fixture(scope="module")
def by_id(firm: Firm, summary: Summary) -> dict[tuple[str, str], tuple]:
    return {
        (TABLES[type(row)], row.id): row
        for number in range(account_count(1))
        for row in client_rows(firm, number, summary)
        if "id" in row._fields
    }


def _of(summary: Summary, by_id: dict, kind: str) -> list[tuple[Spot, tuple]]:
    found = [(spot, by_id[spot.table, spot.id]) for spot in summary.dirt if spot.kind == kind]
    assert found, kind
    return found


def test_exactly_the_stated_number_of_clients_is_chosen() -> None:
    for seed in (1, 7, 99):
        for kind, wanted in p.DIRT.items():
            assert sum(chosen(kind, number, seed) for number in range(420)) == wanted, kind


def test_every_kind_is_there_and_every_row_exists(summary: Summary, by_id: dict) -> None:
    count = Counter(spot.kind for spot in summary.dirt)
    assert set(p.DIRT) | {"barrier_restricted"} == set(count)
    for spot in summary.dirt:
        assert (spot.table, spot.id) in by_id and spot.truth


def test_duplicates_share_what_gives_them_away(summary: Summary, by_id: dict) -> None:
    for spot, row in _of(summary, by_id, "duplicate_account"):
        assert (
            spot.truth.endswith(spot.account_id) and row.website == by_id["accounts", spot.account_id].website
        )
    for spot, row in _of(summary, by_id, "duplicate_contact"):
        other = by_id["contacts", spot.truth.split()[-1]]
        assert row.email and other.email and row.email.lower() == other.email.lower()


def test_wrong_stages_disagree_with_the_truth(summary: Summary, by_id: dict) -> None:
    for spot, row in _of(summary, by_id, "wrong_stage"):
        assert row.outcome is None and row.stage != spot.truth.split()[-1]


def test_contradictions_are_equally_new_and_differ(summary: Summary, by_id: dict) -> None:
    for spot, row in _of(summary, by_id, "contradictory_fact"):
        other = by_id["facts", spot.truth.split()[1]]
        assert (row.kind, row.subject, row.as_of_on, row.account_id) == (
            other.kind, other.subject, other.as_of_on, other.account_id,
        )  # fmt: skip
        assert row.value != other.value


def test_missing_fields_are_missing(summary: Summary, by_id: dict) -> None:
    for spot, row in _of(summary, by_id, "missing_field"):
        name, _, _ = spot.truth.partition(" was ")
        value = getattr(row, name)
        assert value is None or (name == "segment" and value == "other")


def test_superseded_prices_are_not_the_price_in_force(summary: Summary, by_id: dict) -> None:
    for spot, row in _of(summary, by_id, "superseded_price"):
        now = spot.truth.split("$")[1].split()[0]
        assert f"${now}" not in row.body and "$" in row.body


def test_injections_are_orders_in_each_disguise(summary: Summary, by_id: dict) -> None:
    for _, row in _of(summary, by_id, "injection_visible"):
        assert looks_like_instruction(getattr(row, "body", "") or row.quote)
    for _, row in _of(summary, by_id, "injection_hidden"):
        assert "display:none" in row.body or "<!--" in row.body or "\u200b" in row.body
    for _, row in _of(summary, by_id, "injection_encoded"):
        assert len(base64.b64decode(row.body.rsplit(" ", 1)[1]).decode()) > 30
    halves = Counter(spot.account_id for spot, _ in _of(summary, by_id, "injection_split"))
    assert set(halves.values()) == {2}


def test_each_territory_has_a_canary_and_no_two_are_alike(summary: Summary, by_id: dict) -> None:
    words = [spot.truth for spot, row in _of(summary, by_id, "canary") if spot.truth in row.body]
    assert len(set(words)) == sum(spot.kind == "canary" for spot in summary.dirt)
    assert {spot.territory for spot in summary.dirt if spot.kind == "canary"} == set(p.TERRITORIES)

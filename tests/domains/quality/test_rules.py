"""Alike names, and duplicates found without comparing everything with everything."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from remit.domains.quality.rules import ALIKE, Firm, alike, domain_of, find_duplicates
from tests.support.reference_data import reference


def _firm(n: int, name: str, website: str | None = None, access: int = 1, barred: bool = False) -> Firm:
    return Firm(UUID(int=n), access, barred, name, website, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("Good Will Company", "Goodwill Company"),
        ("Northern Pine Capital Mgmt", "Northern Pine Capital Management LLC"),
        ("First Harbour Bank", "1st Harbour Bank"),
        ("Crystalord Ltd", "Cristalord Limited"),
    ],
)
def test_the_same_firm_written_otherwise(one: str, other: str) -> None:
    assert alike(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oak Capital Partners", "Elm Capital Partners"),
        ("Harbour Fund 2", "Harbour Fund 3"),
        ("Government of Estonia", "Government of Ethiopia"),
        ("Northern Trust", "Northern Light"),
    ],
)
def test_other_firms(one: str, other: str) -> None:
    assert alike(one, other) < ALIKE


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert alike(one, other) == pytest.approx(alike(other, one))
    assert 0 <= alike(one, other) <= 1


def test_pairs_by_name_and_by_site() -> None:
    firms = [
        _firm(1, "Acme Corp", "https://www.acme.example/"),
        _firm(2, "ACME Corporation"),
        _firm(3, "Zenith", "acme.example"),
        _firm(4, "Other"),
    ]
    assert {(p.first.id.int, p.second.id.int) for p in find_duplicates(firms)} == {(1, 2), (1, 3)}
    assert domain_of("HTTP://WWW.Acme.example/x?y") == "acme.example"


def test_a_barrier_is_not_told_of() -> None:
    firms = [_firm(1, "Acme", access=1, barred=True), _firm(2, "Acme", access=2)]
    assert list(find_duplicates(firms)) == []
    (across,) = find_duplicates([_firm(1, "Acme", access=1), _firm(2, "Acme", access=2)])
    assert "Acme" not in across.detail


def _auc(scores: list[tuple[float, bool]]) -> float:
    good = [score for score, same in scores if same]
    bad = [score for score, same in scores if not same]
    wins = sum((a > b) + 0.5 * (a == b) for a in good for b in bad)
    return wins / (len(good) * len(bad))


def test_better_than_token_sort_on_hard_pairs() -> None:
    path: Path = reference("entity-names") / "nomenklatura_name_bench_cases.csv"
    with path.open(encoding="utf-8") as file:
        pairs = [
            row for row in csv.DictReader(file) if row["schema"] in ("Company", "Organization", "LegalEntity")
        ]
    truth = [row["is_match"] == "true" for row in pairs]
    ours = _auc([(alike(row["name1"], row["name2"]), same) for row, same in zip(pairs, truth, strict=True)])
    plain = _auc(
        [
            (fuzz.token_sort_ratio(row["name1"].lower(), row["name2"].lower()), same)
            for row, same in zip(pairs, truth, strict=True)
        ]
    )
    assert ours > plain + 0.05, f"{len(pairs)} pairs: AUC {ours:.3f}, token sort {plain:.3f}"

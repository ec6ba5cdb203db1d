"""The public CRM and lead sets import by general rules alone (skipped where the sets are not at hand)."""

from __future__ import annotations

from typing import Any

import pytest

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Waiting
from remit.db.location import Location
from remit.domains.imports.run import import_path
from tests.support.reference_data import reference


def _import(name: str) -> dict[str, dict[str, Any]]:
    report = import_path(identity.for_service("console", via="test"), reference(name))
    assert not isinstance(report, Waiting)
    return {each["file"]: each for each in report["files"]}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("crm-maven", {"accounts": 85, "products": 7, "opportunities": 8800, "people": 35}),
        ("leads-x-education", {"leads": 6468}),
        ("leads-olist", {"leads": 8000, "opportunities": 842}),
    ],
)
def test_a_set_imports_and_importing_twice_changes_nothing(
    database: Location, name: str, rows: dict[str, int]
) -> None:
    first = {f["entity"]: f for f in _import(name).values() if f["entity"]}
    assert {entity: f["rows"] for entity, f in first.items()} == rows
    assert all(f["created"] == f["rows"] and not f["rejected_count"] for f in first.values())
    second = [f for f in _import(name).values() if f["entity"]]
    assert all(f["unchanged"] == f["rows"] and not f["rejected_count"] for f in second)


def test_a_misspelt_product_is_found_and_told(database: Location) -> None:
    notes = _import("crm-maven")["sales_pipeline.csv"]["notes"]
    assert any("read as" in note for note in notes)

"""Imported prices are a draft of the price book: one asks for them, another makes them live, and no file changes a price in force."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.imports.run import import_path
from remit.domains.quoting.actions import ManageProduct
from remit.domains.quoting.imported import list_waiting
from remit.domains.quoting.queries import list_generations, list_live
from remit.domains.quoting.taking import taking
from remit.kit import clock
from tests.support.cast import Cast, make_cast

PRODUCTS = "Product ID,Product Name,Price,Unit\nP1,OMS,{oms},user per year\nP2,EMS,900,user per year\n"


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


def test_an_import_changes_no_price_in_force(cast: Cast, tmp_path: Path) -> None:
    olga, day = cast.scope("olga"), clock.today()

    def imported(oms: str) -> list[tuple[str, str, str | None]]:
        (tmp_path / "products.csv").write_text(PRODUCTS.format(oms=oms))
        import_path(olga, tmp_path)
        found = list_waiting(olga, day)
        assert len(found) < 2
        return [(one.product, str(one.price), str(one.now) if one.now else None) for list_ in found for one in list_.lines]  # fmt: skip

    def live() -> dict[str, str]:
        return {one.product: str(one.price) for one in list_live(olga, day)}

    assert imported("1200") == [("EMS", "USD 900.00", None), ("OMS", "USD 1,200.00", None)] and live() == {}
    asked = taking(list_waiting(olga, day)[0])
    waiting = perform(olga, asked)
    assert isinstance(waiting, Waiting) and set(waiting.approver_roles) == {"finance", "vp"}
    cast.sql("INSERT INTO remit.person_roles VALUES (:id, 'finance')", id=cast.people["olga"])
    with pytest.raises(Refused):  # maker is not checker, whatever roles she has
        approve(cast.scope("olga"), waiting.suggestion_id, waiting.payload_hash)
    with pytest.raises(Refused):
        perform(cast.scope("alice"), asked)
    cast.sql("DELETE FROM remit.person_roles WHERE role = 'finance'")
    approve(cast.scope("vera"), waiting.suggestion_id, waiting.payload_hash)
    assert live() == {"EMS": "USD 900.00", "OMS": "USD 1,200.00"}
    assert [one.entered_by for one in list_generations(olga)] == ["Olga"]
    # the same file again brings nothing; another price waits beside the one in force, which stays
    assert imported("1200") == []
    assert imported("1300") == [("OMS", "USD 1,300.00", "USD 1,200.00")] == imported("1300")
    assert live()["OMS"] == "USD 1,200.00"


def test_a_price_list_waits_and_never_overwrites(cast: Cast, tmp_path: Path) -> None:
    olga, day = cast.scope("olga"), clock.today()
    made = perform(olga, ManageProduct(name="Risk"))
    assert isinstance(made, Performed)
    risk = UUID(made.result["product_id"])

    def imported(price: str) -> list[str]:
        (tmp_path / "prices.csv").write_text(
            f"Price ID,Product,Price,Unit,Valid From\nX1,Risk,{price},user per year,2026-01-01\n"
        )
        import_path(olga, tmp_path)
        return [
            str(one.price)
            for list_ in list_waiting(olga, day)
            for one in list_.lines
            if one.product_id == risk
        ]

    assert imported("500") == ["USD 500.00"]
    cast.sql(
        "UPDATE remit.prices SET valid_from_on = valid_from_on - 1 WHERE NOT pending"
    )  # nothing began today
    found = next(one for one in list_waiting(olga, day) if any(each.product_id == risk for each in one.lines))
    waiting = perform(olga, taking(found))
    assert isinstance(waiting, Waiting)
    approve(cast.scope("vera"), waiting.suggestion_id, waiting.payload_hash)
    assert imported("500") == [] and imported("550") == ["USD 550.00"] == imported("550")
    assert [str(one.price) for one in list_live(olga, day) if one.product_id == risk] == ["USD 500.00"]

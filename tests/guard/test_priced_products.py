"""What is sold at a price in force changes as the price does: no file and no one person gives the product another name or state."""

from __future__ import annotations

from pathlib import Path

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.imports.run import import_path
from remit.domains.quoting.actions import ManageProduct
from remit.domains.quoting.imported import list_waiting
from remit.domains.quoting.queries import list_live, list_products
from remit.domains.quoting.taking import taking
from remit.kit import clock
from tests.support.cast import make_cast

HEAD = "Product ID,Product Name,Price,Unit,Active,Description\n"


def test_name_and_state_of_a_priced_product_need_two_people(database: Location, tmp_path: Path) -> None:
    cast = make_cast(database)
    olga, vera, day = cast.scope("olga"), cast.scope("vera"), clock.today()

    seen: list[str] = []

    def imported(*rows: str) -> list[str]:
        (tmp_path / "products.csv").write_text(
            HEAD + "\n".join((*rows, f"P9,Aux,5,user per year,yes,{len(rows)}{len(seen)}")) + "\n"
        )
        import_path(olga, tmp_path)
        told = [reason for (reason,) in cast.sql("SELECT reason FROM remit.import_rejections ORDER BY id")]
        new = told[len(seen) :]
        seen.extend(new)
        return new

    def live() -> dict[str, str]:
        return {one.product: str(one.price) for one in list_live(olga, day)}

    first = ("P1,OMS,1200,user per year,yes,x", "P2,EMS,900,user per year,yes,x")
    assert imported(*first) == []
    asked = perform(olga, taking(list_waiting(olga, day)[0]))
    assert isinstance(asked, Waiting)
    approve(vera, asked.suggestion_id, asked.payload_hash)
    held = {"OMS": "USD 1,200.00", "EMS": "USD 900.00", "Aux": "USD 5.00"}
    assert live() == held
    # the attack: the file swaps two names; and takes one off sale
    swapped = imported("P1,EMS,1200,user per year,yes,x", "P2,OMS,900,user per year,yes,x")
    assert len(swapped) == 2 and all("a file does not change its name: change it under Prices" in one for one in swapped)  # fmt: skip
    assert live() == held
    assert "whether it is on sale" in imported("P1,OMS,1200,user per year,no,x")[0] and live() == held
    # what is said of it, and the same rows again, are no such change
    assert imported("P1,OMS,1200,user per year,yes,Orders", first[1]) == []
    oms = next(one for one in list_products(olga) if one.name == "OMS")
    assert oms.description == "Orders"

    def change(name: str, *, active: bool = True) -> ManageProduct:
        return ManageProduct(product_id=oms.id, expected_version=oms.version, name=name, active=active)

    for act in (change("EMS"), change("OMS", active=False)):
        waits = perform(olga, act)
        assert isinstance(waits, Waiting) and set(waits.approver_roles) == {"finance", "vp"}
        with pytest.raises(Refused):
            approve(olga, waits.suggestion_id, waits.payload_hash)
    assert live() == held
    renamed = perform(olga, change("OMS Pro"))
    assert isinstance(renamed, Waiting)
    approve(vera, renamed.suggestion_id, renamed.payload_hash)
    assert live() == {"OMS Pro": "USD 1,200.00", "EMS": "USD 900.00", "Aux": "USD 5.00"}
    assert isinstance(perform(olga, ManageProduct(name="Risk")), Performed)

"""Imported prices are a draft of the price book: one asks for them, another makes them live, and no file changes a price in force."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.imports.run import import_path
from remit.domains.proposals import pricing
from remit.domains.proposals.terms import Asked
from remit.domains.quoting.actions import ManagePrice, ManageProduct, PriceLine
from remit.domains.quoting.discarding import DiscardPrices, seen
from remit.domains.quoting.imported import WaitingPrices, list_waiting
from remit.domains.quoting.queries import list_generations, list_live, list_overtaken, load_live
from remit.domains.quoting.taking import taking
from remit.kit import clock
from tests.support.cast import Cast, make_cast
from tests.support.offers import agreed

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
    found = next(one for one in list_waiting(olga, day) if any(each.product_id == risk for each in one.lines))
    waiting = perform(olga, taking(found))
    assert isinstance(waiting, Waiting)
    approve(cast.scope("vera"), waiting.suggestion_id, waiting.payload_hash)
    assert imported("500") == [] and imported("550") == ["USD 550.00"] == imported("550")
    assert [str(one.price) for one in list_live(olga, day) if one.product_id == risk] == ["USD 500.00"]


def named(cast: Cast, name: str) -> UUID:
    made = perform(cast.scope("olga"), ManageProduct(name=name))
    assert isinstance(made, Performed)
    return UUID(made.result["product_id"])


def typed(cast: Cast, product: UUID, unit: str, minor: int, day: date | None = None) -> None:
    line = PriceLine(product_id=product, unit=unit, price_minor=minor, price_currency="USD")
    agreed(cast, "olga", ManagePrice(lines=(line,), valid_from_on=day or clock.today()), "vera")


def waits(cast: Cast, tmp_path: Path, name: str, price: str, unit: str) -> WaitingPrices | None:
    """What waits for a product once a price list brought this price of it."""
    (tmp_path / "prices.csv").write_text(
        f"Price ID,Product,Price,Unit,Valid From\n{name},{name},{price},{unit},2026-01-01\n"
    )
    import_path(cast.scope("olga"), tmp_path)
    found = list_waiting(cast.scope("olga"), clock.today())
    return next((one for one in found if any(each.product == name for each in one.lines)), None)


@pytest.mark.parametrize(
    ("book", "file"),
    [("user and year", "Users per year"), ("user and year", "User per Year"), ("Users and year", "user per year")],
)  # fmt: skip
def test_one_unit_has_one_price_in_whatever_spelling(
    cast: Cast, tmp_path: Path, book: str, file: str
) -> None:
    olga, day, name = cast.scope("olga"), clock.today(), f"Ledger {book} {file}"
    product = named(cast, name)
    typed(cast, product, book, 50_000)
    found = waits(cast, tmp_path, name, "700", file)
    assert found is not None
    agreed(cast, "olga", taking(found), "vera")  # on the day that the old price began
    assert [str(one.price) for one in list_live(olga, day) if one.product_id == product] == ["USD 700.00"]
    with read(olga) as s:
        live = load_live(s, day, [product])
    for unit in ("", "user and year", "Users / Year"):
        assert pricing._price(live, Asked(product_id=product, unit=unit, quantity=Decimal(1))).price.minor == 70_000  # fmt: skip


def test_two_prices_that_stand_already_are_one_and_the_next_change_ends_both(cast: Cast) -> None:
    olga, day, product = cast.scope("olga"), clock.today(), named(cast, "Vault")
    typed(cast, product, "user and year", 40_000)
    cast.sql("UPDATE remit.prices SET valid_from_on = valid_from_on - 9 WHERE product_id = :id", id=product)
    typed(cast, product, "seat and year", 45_000)
    cast.sql("UPDATE remit.prices SET unit = 'Users per year' WHERE product_id = :id AND unit = 'seat and year'", id=product)  # fmt: skip

    def now() -> tuple[list[int], list[int]]:
        return tuple(  # type: ignore[return-value]
            [one.price.minor for one in found(olga, day) if one.product_id == product]
            for found in (list_live, list_overtaken)
        )

    assert now() == ([45_000], [40_000])
    typed(cast, product, "user per year", 47_000)
    assert now() == ([47_000], [])
    typed(cast, product, "user and year", 48_000, day + timedelta(days=30))
    with pytest.raises(Refused, match="begins on"):
        typed(cast, product, "Users and Year", 49_000)
    assert now() == ([47_000], [])
    names = {one.generation for one in list_generations(olga)}
    assert {row[0] for row in cast.sql("SELECT generation FROM remit.prices WHERE product_id = :id", id=product)} <= names  # fmt: skip


def test_an_imported_price_is_discarded_with_a_reason(cast: Cast, tmp_path: Path) -> None:
    olga = cast.scope("olga")
    named(cast, "Atlas")
    found = waits(cast, tmp_path, "Atlas", "80", "each")
    assert found is not None
    [line] = [one for one in found.lines if one.product == "Atlas"]
    action = DiscardPrices(prices=(seen(line),), reason="Last year's list")
    with pytest.raises(Refused):
        perform(cast.scope("alice"), action)
    other = waits(cast, tmp_path, "Atlas", "81", "each")
    assert other is not None
    with pytest.raises(Refused, match="changed it since"):
        perform(olga, action)
    [line] = [one for one in other.lines if one.product == "Atlas"]
    done = perform(olga, DiscardPrices(prices=(seen(line),), reason="Last year's list"))
    assert isinstance(done, Performed) and done.result == {"discarded": 1}
    assert waits(cast, tmp_path, "Atlas", "81", "each") is None
    assert waits(cast, tmp_path, "Atlas", "90", "each") is not None

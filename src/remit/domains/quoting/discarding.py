"""Imported prices that nobody will make live: put away with a reason, and the same file does not bring them again."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from remit.actions import Action, Change, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.quoting.actions import LOCK, MOST_LINES
from remit.domains.quoting.imported import WaitingPrice, load_waiting, settle
from remit.kit import clock


class SeenPrice(BaseModel):
    """An imported price as it was looked at: another import may have changed it since."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    price_id: UUID
    version: int


class DiscardPrices(Action):
    """Imported prices wait no more, and what waited before them for the same product and unit neither; no price in force changes."""

    event: ClassVar[str] = "price_book:imported:discard"
    prices: tuple[SeenPrice, ...] = Field(min_length=1, max_length=MOST_LINES)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2_000)]


def seen(found: WaitingPrice) -> SeenPrice:
    """The price, as it stands on the page."""
    return SeenPrice(price_id=found.id, version=found.version)


def _book(_session: ReadSession, action: DiscardPrices) -> Target:
    return Target("price_book", title=f"Imported prices to discard ({len(action.prices)})")


@handler(DiscardPrices, target=_book)
def discard_prices(tx: WriteSession, action: DiscardPrices, _target: Target) -> Change:
    """Put them away. Raises Refused where one waits no more, or with another price."""
    tx.execute(LOCK)
    waiting = {
        (one.id, one.version): (each.from_on, one)
        for each in load_waiting(tx, clock.today())
        for one in each.lines
    }
    chosen = [waiting.get((one.price_id, one.version)) for one in action.prices]
    found = [one for one in chosen if one is not None]
    if len(found) < len(chosen):
        raise Refused(
            "One of these imported prices waits no more, or an import changed it since. Look at them again.",
            code="price_not_waiting",
        )
    for day in {each[0] for each in found}:
        settle(tx, [(one.product_id, one.unit_text) for on, one in found if on == day], day)
    after = {
        "discarded": [
            {"price_id": str(one.id), "product": one.product, "unit": one.unit_text, "price": str(one.price)} for _, one in found
        ],
        "reason": action.reason,
    }  # fmt: skip
    return Change("price_book", None, after=after, result={"discarded": len(found)})

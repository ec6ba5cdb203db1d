"""A product with a price in force: its name, and that it is on sale, say what is sold at that price, so they change as the price does."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession

_PRODUCT: Final = """
SELECT p.name, p.active, EXISTS (
    SELECT FROM remit.prices r WHERE r.product_id = p.id AND NOT r.pending AND (r.valid_until_on IS NULL OR r.valid_until_on >= :day)
) AS priced FROM remit.products p WHERE p.id = :id
"""


def load_change(s: ReadSession, product_id: UUID, name: str, day: date, *, active: bool) -> tuple[str, bool]:
    """What a change of a product is, in words, and whether it is another name or state of one with a price in force or to come. Raises NotFound."""
    row = s.row(_PRODUCT, {"id": product_id, "day": day})
    if row is None:
        raise NotFound("product")
    told = [row.name]
    if row.name != name:
        told.append(f"called {name} from now on")
    if row.active != active:
        told.append("back on sale" if active else "no longer on sale")
    return ", ".join(told), bool(row.priced) and len(told) > 1

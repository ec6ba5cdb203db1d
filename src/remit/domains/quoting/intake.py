"""Lines of a price book from a table: product, unit, price, currency. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from remit.actions import Refused
from remit.domains.quoting.actions import PriceLine
from remit.domains.quoting.queries import Product
from remit.kit import money

COLUMNS = ("product", "unit", "price", "currency")


class PricesUnreadable(Refused):
    """A row is no price; the message names it and says why."""

    code = "prices_unreadable"


def lines(rows: Iterable[Mapping[str, str | None]], products: Sequence[Product]) -> tuple[PriceLine, ...]:
    """The lines, each of a product on sale. Raises PricesUnreadable."""
    known = {one.name.casefold(): one.id for one in products if one.active}
    found = []
    for number, raw in enumerate(rows, start=1):
        row = {(key or "").strip().casefold(): str(value or "").strip() for key, value in raw.items()}
        if not any(row.values()):
            continue
        where = f"Row {number}"
        if row.get("product", "").casefold() not in known:
            raise PricesUnreadable(
                f"{where}: {row.get('product', '')[:60]!r} is no product on sale; they are {', '.join(sorted(known)) or 'none'}."
            )
        try:
            written = money.parse(row.get("price", ""))
            amount = money.of(written.number, (row.get("currency") or written.currency or "USD").upper())
            found.append(
                PriceLine(
                    product_id=known[row["product"].casefold()], unit=row.get("unit") or "each", price_minor=amount.minor,
                    price_currency=amount.currency,
                )
            )  # fmt: skip
        except money.AmountUnreadable as error:
            raise PricesUnreadable(f"{where}: the price {row.get('price', '')[:40]!r} {error}.") from error
        except ValidationError as error:
            raise PricesUnreadable(
                f"{where}: {error.errors(include_url=False, include_input=False)[0]['msg']}."
            ) from error
        except ValueError as error:
            raise PricesUnreadable(f"{where}: {error}.") from error
    if not found:
        raise PricesUnreadable("The table has no row; it needs the columns product, unit and price.")
    return tuple(found)

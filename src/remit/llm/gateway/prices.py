"""What calls cost, from a table with its date. A model that is not in the table has no price: it is never guessed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

_MILLION: Final = Decimal(1_000_000)
_RELEASE: Final = re.compile(r"-(latest|\d{8}|\d{4}-\d{2}-\d{2})$")


class PriceTableInvalid(Exception):
    """The price table cannot be used; the message says what is wrong in it."""

    code = "price_table_invalid"


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens (in, out), by provider and model."""

    as_of_on: date
    table: Mapping[tuple[str, str], tuple[Decimal, Decimal]]

    def cost(self, provider: str, model: str, tokens_in: int, tokens_out: int) -> Decimal | None:
        """US dollars with six decimals; None when the table does not name the model."""
        found = self.table.get((provider, model)) or self.table.get((provider, _RELEASE.sub("", model)))
        if found is None:
            return None
        return ((found[0] * tokens_in + found[1] * tokens_out) / _MILLION).quantize(Decimal("0.000001"))


@lru_cache(maxsize=4)
def load(path: Path | None = None) -> Prices:
    """Our table, or the firm's own at `path`. Raises PriceTableInvalid."""
    name = str(path) if path else "prices.toml"
    try:
        text = (
            path.read_text("utf-8")
            if path
            else resources.files(__package__).joinpath(name).read_text("utf-8")
        )
        read = tomllib.loads(text, parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PriceTableInvalid(f"{name} cannot be read: {error}") from error
    as_of = read.pop("as_of", None)
    if not isinstance(as_of, date):
        raise PriceTableInvalid(f"{name} needs a line such as as_of = 2026-11-24.")
    table = {
        (provider, model): _pair(name, model, pair)
        for provider, models in read.items()
        for model, pair in (models.items() if isinstance(models, dict) else ())
    }
    return Prices(as_of, table)


def _pair(name: str, model: str, pair: Any) -> tuple[Decimal, Decimal]:
    try:
        price_in, price_out = (Decimal(str(one)) for one in pair)
    except (TypeError, ValueError, InvalidOperation):
        price_in = price_out = Decimal(-1)
    if not (price_in.is_finite() and price_out.is_finite() and price_in >= 0 and price_out >= 0):
        raise PriceTableInvalid(f"{name}: {model} needs two prices, such as [1.5, 6].")
    return price_in, price_out

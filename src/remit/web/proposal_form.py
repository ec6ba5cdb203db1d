"""The form of a proposal's parameters, as browsers send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from remit.domains.proposals.terms import Terms
from remit.web import forms

ROWS: Final = 6
"""Lines that the form offers; those without a product are left out."""


class ParametersUnfit(ValueError):
    """What was typed gives no terms; the message says which field and why."""


def opened(text: str) -> datetime | None:
    """When the page was opened, from its hidden field; None for what is no instant."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def terms(form: Mapping[str, str], products: Sequence[str], quantities: Sequence[str]) -> Terms:
    """The terms. `products`: `id|unit` as the form offers them. Raises ParametersUnfit."""
    lines = []
    for chosen, quantity in zip(products, quantities, strict=False):
        if not chosen:
            continue
        product, _, unit = chosen.partition("|")
        lines.append({"product_id": product, "unit": unit, "quantity": _number(quantity)})
    if not lines:
        raise ParametersUnfit("Choose at least one product and how many units of it.")
    try:
        return Terms.model_validate({"lines": lines, **_rest(form)})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = " ".join(str(part).replace("_", " ") for part in first["loc"] if not isinstance(part, int))
        raise ParametersUnfit(
            f"{where[:1].upper()}{where[1:]}: {first['msg']}." if where else f"{first['msg']}."
        ) from error


def _rest(form: Mapping[str, str]) -> dict[str, Any]:
    percent = _number(form.get("discount", "") or "0")
    return {
        "term_months": _number(form.get("term", "") or "12"), "discount_bp": int((percent * 100).to_integral_value()),
        "payment": form.get("payment") or "year", "expires_on": forms.day(form.get("expires_on", "")),
        "starts_on": forms.day(form.get("starts_on", "")), "live_on": forms.day(form.get("live_on", "")),
        "lead": form.get("lead", ""), "ours": form.get("ours", ""), "users": _optional(form.get("users", "")),
        "sites": _optional(form.get("sites", "")),
    }  # fmt: skip


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text.strip().replace(",", "").removesuffix("%").strip())
    except InvalidOperation:
        raise ParametersUnfit(f"{text.strip()[:40]!r} is no number.") from None
    if not found.is_finite():
        raise ParametersUnfit(f"{text.strip()[:40]!r} is no number.")
    return found


def _optional(text: str) -> Decimal | None:
    return _number(text) if text.strip() else None


def chosen(terms_now: Terms, unit_of: Mapping[UUID, str]) -> list[tuple[str, str]]:
    """What stands in the rows of the form: the chosen value and the quantity, ROWS at least."""
    rows = [
        (f"{one.product_id}|{one.unit or unit_of.get(one.product_id, '')}", f"{one.quantity.normalize():f}")
        for one in terms_now.lines
    ]
    return rows + [("", "")] * max(0, ROWS - len(rows))

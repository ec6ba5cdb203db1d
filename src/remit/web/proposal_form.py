"""The form of a proposal's parameters, as browsers send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from remit.domains.proposals.terms import Terms
from remit.kit.typed_numbers import NumberUnreadable, number
from remit.web import forms

ROWS: Final = 6
"""Lines that the form offers; those without a product are left out."""
MOST_ROWS: Final = 50
Row = tuple[str, str, str]
EMPTY: Final[Row] = ("", "", "")


class ParametersUnfit(ValueError):
    """What was typed gives no terms; the message says which field and why."""


def opened(text: str) -> datetime | None:
    """When the page was opened, from its hidden field; None for what is no instant."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def terms(
    form: Mapping[str, str], products: Sequence[str], quantities: Sequence[str], discounts: Sequence[str] = ()
) -> Terms:
    """The terms. `products`: `id|unit` as the form offers them; `discounts`: percent of a line, "" for that of the terms. Raises ParametersUnfit."""
    lines = []
    for chosen, quantity, own in zip_longest(
        products, quantities[: len(products)], discounts[: len(products)], fillvalue=""
    ):
        if not chosen:
            continue
        product, _, unit = chosen.partition("|")
        lines.append(
            {
                "product_id": product,
                "unit": unit,
                "quantity": _number(quantity),
                "discount_bp": _bp(own) if own.strip() else None,
            }
        )
    if not lines:
        raise ParametersUnfit("Choose at least one product and how many units of it.")
    try:
        return Terms.model_validate({"lines": lines, **_rest(form)})
    except ValidationError as error:
        raise ParametersUnfit(told(error)) from error


LABELS: Final = {
    "term_months": "Term in months", "discount_bp": "Discount in percent", "payment": "Paid", "expires_on": "Holds until", "starts_on": "Start of the work",
    "live_on": "First day of use", "lead_id": "Who leads it there", "ours_id": "Who leads it on our side", "users": "Users", "sites": "Sites",
    "quantity": "Quantity", "title": "Title", "unit": "Product", "product_id": "Product", "bodies": "Text", "elsewhere_minutes": "Minutes",
}  # fmt: skip
_BOUNDS: Final = {
    "greater_than": "has to be more than {gt}", "greater_than_equal": "has to be {ge} or more", "less_than": "has to be less than {lt}",
    "less_than_equal": "has to be {le} or less", "string_too_long": "has more than {max_length} characters", "string_too_short": "is empty",
    "decimal_max_digits": "is too large a number", "decimal_whole_digits": "is too large a number", "decimal_max_places": "has too many decimals", "int_from_float": "has to be a whole number",
    "date_type": "has to be a day", "date_from_datetime_parsing": "has to be a day", "missing": "is missing", "string_pattern_mismatch": "has a form that is not taken",
}  # fmt: skip


def told(error: ValidationError) -> str:
    """The first fault as the form's reader knows the field."""
    first = error.errors(include_url=False, include_input=False)[0]
    named = next((LABELS[str(part)] for part in reversed(first["loc"]) if str(part) in LABELS), "")
    line = next((f" {part + 1}" for part in first["loc"] if isinstance(part, int)), "")
    bounds = dict(first.get("ctx", {}))
    if named == "Discount in percent":
        bounds = {key: f"{value / 100:g}" for key, value in bounds.items() if isinstance(value, int)}
    known = _BOUNDS.get(first["type"])
    if known is None or not named:
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        return f"{named}: {said}." if named else f"{said}."
    return f"{named}{line} {known.format_map(bounds)}."


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form that comes back, and why."""

    why: str
    given: dict[str, str]
    rows: list[Row]
    contact_id: UUID | None
    bodies: dict[str, str]
    opened_at: str


def typed(form: FormData, why: str) -> Typed:
    """A form as it was sent, to be shown again."""
    names = ("title", "term", "discount", "payment", "sites", "users", "expires_on", "starts_on", "live_on", "lead", "ours")  # fmt: skip
    given = {name: str(form[name])[:200] for name in names if name in form}
    products, quantities = form.getlist("product")[:MOST_ROWS], form.getlist("quantity")
    own = form.getlist("line_discount")
    rows = [
        (str(one)[:100], str(quantity)[:20], str(percent)[:10])
        for one, quantity, percent in zip_longest(
            products, quantities[: len(products)], own[: len(products)], fillvalue=""
        )
    ]
    rows += [EMPTY] * max(0, ROWS - len(rows))
    return Typed(why, given, rows, forms.found_id(str(form.get("contact", ""))[:40]), bodies(form), str(form.get("opened_at", ""))[:40])  # fmt: skip


def bodies(form: FormData) -> dict[str, str]:
    """The texts of sections, by the section's key."""
    return {
        name.removeprefix("body-"): str(value).replace("\r\n", "\n") for name, value in form.items() if name.startswith("body-")
    }  # fmt: skip


def _rest(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "term_months": _number(form.get("term", "") or "12"), "discount_bp": _bp(form.get("discount", "") or "0"),
        "payment": form.get("payment") or "year", "expires_on": forms.day(form.get("expires_on", "")),
        "starts_on": forms.day(form.get("starts_on", "")), "live_on": forms.day(form.get("live_on", "")),
        "lead_id": forms.found_id(form.get("lead", "")), "ours_id": forms.found_id(form.get("ours", "")), "users": _optional(form.get("users", "")),
        "sites": _optional(form.get("sites", "")),
    }  # fmt: skip


def _bp(text: str) -> int:
    return int((_number(text) * 100).to_integral_value())


def _number(text: str) -> Decimal:
    try:
        return number(text)
    except NumberUnreadable as error:
        raise ParametersUnfit(str(error)) from error


def _optional(text: str) -> Decimal | None:
    return _number(text) if text.strip() else None


def chosen(terms_now: Terms, unit_of: Mapping[UUID, str]) -> list[Row]:
    """What stands in the rows of the form: the chosen value, the quantity, its own discount in percent, ROWS at least."""
    rows = [
        (
            f"{one.product_id}|{one.unit or unit_of.get(one.product_id, '')}",
            f"{one.quantity.normalize():f}",
            "" if one.discount_bp is None else f"{one.discount_bp / 100:g}",
        )
        for one in terms_now.lines
    ]
    return rows + [EMPTY] * max(0, ROWS - len(rows))

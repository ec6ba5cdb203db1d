"""The document as the buyer reads it, in words only: what Word, PDF and the web page are filled from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from remit.domains.proposals.model import (
    Document,
    Line,
    Section,
    shown_money,
    shown_quantity,
    shown_rate,
)
from remit.kit.text import counted

Standing = Literal["draft", "approved", "expired", "withdrawn"]
DRAFT: Standing = "draft"


@dataclass(frozen=True, slots=True)
class Status:
    """Whether it is an offer, in words: `mark` stands on every page of what is none."""

    standing: Standing
    approved_by: str = ""
    approved_on: str = ""

    @property
    def mark(self) -> str:
        """What stands on every page; "" on an approved one."""
        return {
            "draft": "Draft: not an offer", "approved": "", "expired": "Expired: not an offer any more",
            "withdrawn": "Withdrawn: not an offer any more",
        }[self.standing]  # fmt: skip


def shown(document: Document, status: Status) -> dict[str, Any]:
    """Plain texts, lists and flags; amounts and dates as the buyer reads them."""
    recurring = [_line(document, one) for one in document.lines if one.recurs]
    once = [_line(document, one) for one in document.lines if not one.recurs]
    return {
        "reference": document.reference, "title": document.title, "firm": document.firm, "account": document.account,
        "reader": document.reader, "reader_title": document.reader_title, "seller": document.seller, "seller_title": document.seller_title,
        "seller_email": document.seller_email, "day": document.say_day(document.day), "expires": document.say_day(document.expires_on),
        "mark": status.mark, "currency": document.currency, "recurring": recurring, "once": once,
        "term": counted(document.term_months, "month"), "discount": document.discount_told,
        "total": _money(document, document.term_minor), "totals": list(_totals(document)), "basis": _basis(document),
        "sections": [_section(one) for one in document.sections], "conditions": list(_conditions(document)),
        "sources": _sources(document),
        "approved": f"Approved by {status.approved_by} on {document.say_day(status.approved_on)}" if status.standing == "approved" and status.approved_on else "",
    }  # fmt: skip


def _sources(document: Document) -> list[dict[str, str]]:
    """Each source once, in the order in which it is first said."""
    told = dict.fromkeys(
        (", ".join(filter(None, (one.name, one.locator))), one.as_of) for one in document.sources
    )
    return [
        {"number": str(place), "text": text, "as_of": document.say_day(as_of)}
        for place, (text, as_of) in enumerate(told, start=1)
    ]


def _money(document: Document, minor: int) -> str:
    return shown_money(document.money(minor))


def _line(document: Document, line: Line) -> dict[str, str]:
    return {
        "product": line.product, "quantity": shown_quantity(line.quantity), "unit": line.unit, "price": _money(document, line.price_minor),
        "list": _money(document, line.list_minor), "amount": _money(document, line.amount_minor),
    }  # fmt: skip


def _totals(document: Document) -> Iterator[dict[str, Any]]:
    """What the rows of the tables, at list price, come to: the discount taken off, then the price."""
    if document.year_minor:
        last = not document.once_minor and document.term_months == 12
        yield from _sum(
            document,
            "List price a year",
            "Price a year",
            [one for one in document.lines if one.recurs],
            document.year_minor,
            strong=last,
        )
    if document.once_minor:
        once = [one for one in document.lines if not one.recurs]
        yield from _sum(document, "List price, once", "Charged once", once, document.once_minor)
    if document.once_minor or document.term_months != 12:
        yield _told(
            f"Total over {counted(document.term_months, 'month')}",
            _money(document, document.term_minor),
            strong=True,
        )


def _sum(
    document: Document, at_list: str, asked: str, lines: Sequence[Line], minor: int, *, strong: bool = False
) -> Iterator[dict[str, Any]]:
    """List price, what is taken off (in one where all lines of the proposal have the same discount, else line by line), price."""
    list_minor = sum(one.list_minor for one in lines)
    if list_minor != minor:
        yield _told(at_list, _money(document, list_minor))
        if len(document.rates) == 1:
            yield _told(f"Discount of {document.discount_told}", f"− {_money(document, list_minor - minor)}")
        else:
            for one in lines:
                if off := one.list_minor - one.amount_minor:
                    yield _told(
                        f"Discount of {shown_rate(document.rate_of(one))} on {one.product}, per {one.unit}",
                        f"− {_money(document, off)}",
                    )
    yield _told(asked, _money(document, minor), strong=strong)


def _told(label: str, value: str, *, strong: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "strong": strong}


def _basis(document: Document) -> str:
    return (
        f"Prices by the price book of {document.firm}, version {document.generation}, in force since {document.say_day(document.prices_since)}."
        " Taxes and fees of third parties are not included."
    )


def _conditions(document: Document) -> Iterator[str]:
    yield f"Term: {counted(document.term_months, 'month')} from the day of use."
    yield f"Payment: {document.payment}."
    yield f"This proposal holds until {document.say_day(document.expires_on)}. After that day it is void."
    yield "It becomes binding with an order form that both sides have signed, and not before."


def _section(section: Section) -> dict[str, Any]:
    """A title and blocks. The first heading of the text is the title."""
    blocks: list[dict[str, str]] = []
    title, count = "", 0
    for one in section.said:
        kind, text = one.block
        if kind == "heading" and not title and not blocks:
            title = text
            continue
        count = count + 1 if kind == "number" else 0
        blocks.append({"kind": kind, "text": text, "number": f"{count}." if count else ""})
    return {"title": title or section.title, "blocks": blocks}

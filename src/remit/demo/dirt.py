"""Deliberate dirt: what real books are full of, put in on purpose, counted, and listed with the truth beside it.

Which clients get which kind is fixed by their number: exactly DIRT[kind] of every 420 clients are chosen (a kind that
needs an open deal passes over a client without one).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from remit.demo import hostile, names
from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import END, Deal
from remit.demo.firm import Firm
from remit.demo.spade import Row, Spade, Spot
from remit.demo.tables import Account, Contact, Fact, Opportunity


def chosen(kind: str, number: int, seed: int) -> bool:
    """True when client `number` gets this kind of dirt."""
    place = list(p.DIRT).index(kind)
    # 11, 13, 17 … do not divide 420: the walk visits every client once in 420
    step = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61)[place]
    return (number * step + seed * 97 + place * 31) % 420 < p.DIRT[kind]


def soil(firm: Firm, one: Client, dealt: list[Deal], rows: list[Row], spots: list[Spot]) -> list[Row]:
    """The rows of one client with its share of dirt."""
    spade = Spade(firm, one, dealt, rows, spots)
    for kind, make in _MAKERS.items():
        if chosen(kind, one.number, firm.seed):
            make(spade)
    if one.behind_barrier:
        spade.spot(
            "barrier_restricted", "accounts", one.id, f"only people admitted to {p.BARRIER} may see it"
        )
        hostile.canary(spade)
    return rows


def _duplicate_account(spade: Spade) -> None:
    one, firm, dice = spade.one, spade.firm, spade.one.dice
    row = spade.rows[0]
    assert isinstance(row, Account)
    name = dice.pick(
        (one.name.legal, one.name.short.upper(), one.name.short.replace(" ", "  ") + " .", one.name.short.split()[0] + " Cap. Mgmt")
    )  # fmt: skip
    at = firm.instant(END - dice.between(100, 700))
    copy = row._replace(
        id=firm.ids.at(at, f"account/{one.number}/double"), name=name, name_key=name.casefold(), legal_name=None, sector=None,
        relation="target", key_account=False, employees_count=None, aum_minor=None, aum_currency=None, founded_on=None,
        external_id=f"{row.external_id}D", created_at=at, updated_at=at,
    )  # fmt: skip
    spade.rows.insert(1, copy)
    spade.spot("duplicate_account", "accounts", copy.id, f"the same firm as account {one.id}")


def _duplicate_contact(spade: Spade) -> None:
    one = spade.one
    contact = one.contacts[-1]
    at = spade.firm.instant(END - one.dice.between(30, 500))
    copy = contact._replace(
        id=spade.firm.ids.at(at, f"contact/{one.number}/double"), first_name=contact.first_name[0] + ".",
        email=contact.email.upper() if contact.email else None, title=None, persona=None, phone=None,
        external_id=f"{contact.external_id}D", created_at=at, updated_at=at,
    )  # fmt: skip
    spade.rows.append(copy)
    spade.spot("duplicate_contact", "contacts", copy.id, f"the same person as contact {contact.id}")


def _wrong_stage(spade: Spade) -> None:
    place = spade.place(
        Opportunity,
        lambda row: isinstance(row, Opportunity) and (row.outcome is None or row.outcome == p.WON),
    )
    if place is None:
        return
    row = spade.rows[place]
    assert isinstance(row, Opportunity)
    if row.outcome is None:
        wrong = p.STAGES[(p.STAGES.index(row.stage) + 2) % len(p.STAGES)]
        spade.rows[place] = row._replace(stage=wrong)
    else:  # signed, and never closed in the books
        spade.rows[place] = row._replace(
            stage=p.STAGES[-1], outcome=None, closed_at=None, forecast_category="commit"
        )
    spade.spot("wrong_stage", "opportunities", row.id, f"the stage is {row.stage}")


def _stale_note(spade: Spade) -> None:
    one = spade.one
    kind = one.dice.pick(tuple(one.incumbents))
    old = next(name for name in names.SYSTEMS[kind] if name != one.incumbents[kind])
    body = f"{one.name.short} runs {old} for {kind} and has just signed for it. No need to call before two years are over."
    made = spade.activity(END - 760 - one.dice.between(0, 200), "note", None, "Account note", body)
    spade.spot("stale_note", "activities", made, f"for {kind} they run {one.incumbents[kind]}")


def _contradictory_fact(spade: Spade) -> None:
    place = spade.place(Fact, lambda row: isinstance(row, Fact) and row.kind in ("stack", "headcount"))
    if place is None:
        return
    row, one = spade.rows[place], spade.one
    assert isinstance(row, Fact)
    value, number = "an in-house system", row.value_number
    if number is not None:
        value = number = str(int(float(number) * 1.6) + 3)
    copy = row._replace(
        id=spade.firm.ids.at(row.created_at, f"fact/{one.number}/double"), source_name="Data vendor file", locator="row 118",
        quote="", external_id=f"{row.external_id}D", value=value, value_number=number,
    )  # fmt: skip
    spade.rows.append(copy)
    spade.spot("contradictory_fact", "facts", copy.id, f"fact {row.id} says {row.value}")


def _superseded_price(spade: Spade) -> None:
    one, firm = spade.one, spade.firm
    product, generation = one.dice.between(0, 5), one.dice.between(1, 2)
    each = p.PRODUCTS[product]
    old, new = firm.list_price(product, generation), firm.list_price(product, 3)
    body = f"Dear {one.contacts[0].first_name},\n\n{each.name} lists at ${old:,} per {each.unit}.\n\nRegards\n{one.owner.name}"
    made = spade.activity(END - one.dice.between(5, 200), "email", "out", f"Price of {each.name}", body)
    spade.spot("superseded_price", "activities", made, f"the price in force is ${new:,} per {each.unit}")


def _missing_field(spade: Spade) -> None:
    one = spade.one
    which = one.dice.between(0, 3)
    place = spade.place(Opportunity, lambda row: isinstance(row, Opportunity) and row.outcome is None)
    row = spade.rows[place] if place is not None else None
    if which <= 1 and place is not None and isinstance(row, Opportunity):
        field = ("close_on", "amount_minor")[which]
        changed = (
            row._replace(close_on=None)
            if which == 0
            else row._replace(amount_minor=None, amount_currency=None)
        )
        spade.rows[place] = changed
        spade.spot("missing_field", "opportunities", row.id, f"{field} was {getattr(row, field)}")
        return
    account, contact = spade.rows[0], spade.place(Contact)
    assert isinstance(account, Account)
    if which == 2 and contact is not None:
        found = spade.rows[contact]
        assert isinstance(found, Contact)
        spade.rows[contact] = found._replace(email=None)
        spade.spot("missing_field", "contacts", found.id, f"email was {found.email}")
    else:
        spade.rows[0] = account._replace(segment="other", country=None, city=None)
        spade.spot("missing_field", "accounts", account.id, f"segment was {account.segment}")


_MAKERS: Final[dict[str, Callable[[Spade], None]]] = {
    "duplicate_account": _duplicate_account, "duplicate_contact": _duplicate_contact, "wrong_stage": _wrong_stage,
    "stale_note": _stale_note, "contradictory_fact": _contradictory_fact, "superseded_price": _superseded_price,
    "missing_field": _missing_field, "canary": hostile.canary, "injection_visible": hostile.injection_visible,
    "injection_hidden": hostile.injection_hidden, "injection_split": hostile.injection_split, "injection_encoded": hostile.injection_encoded,
    "confidential_paste": hostile.confidential_paste, "false_capability": hostile.false_capability,
}  # fmt: skip

"""What the rep confirmed becomes facts, one act at the door each; the text is kept as a note written outside,
without the clauses in it that nobody may pass on (`telling.kept`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from remit.actions import Performed, perform, performed
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.facts import rules as facts
from remit.domains.facts.actions import RecordFact
from remit.domains.facts.declared import check_public, find_secrets
from remit.domains.handling.queries import list_client_names
from remit.domains.pasted import telling
from remit.domains.pasted.reading import Line, sha256
from remit.evidence.facts import Expectability, Sayable, Sensitivity, plain_line
from remit.kit import clock, money
from remit.knowledge.pasted.model import SOURCES, Pasted, PasteRefused
from remit.scope import Scope

MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A statement as the rep lets it stand: the place of its sentence in the text, and what it says."""

    start: int
    end: int
    kind: str
    value: str
    subject: str
    as_of_on: date
    sensitivity: Sensitivity
    sayable: Sayable
    expectability: Expectability


def confirmed_as_proposed(line: Line) -> Confirmed:
    """The proposal, unchanged."""
    one, use = line.found, line.use
    return Confirmed(
        one.start, one.end, one.kind, one.value, one.subject, line.as_of_on, use.sensitivity, use.sayable, use.expectability
    )  # fmt: skip


def why_not(one: Confirmed) -> str:
    """Why a fact cannot be recorded like this, "" when it can: asked before anything is done, so that all or none is kept."""
    checks = [
        *facts.check_statement(one.kind, one.value, "pasted"), *facts.check_dates(one.as_of_on, None, clock.today()),
        *facts.check_use(one.sensitivity, one.sayable, of_account=True),
    ]  # fmt: skip
    return next((check.reason for check in checks if not check.passed), "")


def take_up(
    scope: Scope, pasted: Pasted, source: str, account_id: UUID, contact_id: UUID | None, confirmed: Sequence[Confirmed],
    *, named: str = "",
) -> list[UUID]:  # fmt: skip
    """Record what was confirmed, about this account; the ids of the facts. Confirming the same twice records it once.

    `named`: what the source is called ("Hedge Fund Weekly"), where the person says so.

    Raises Refused, NotFound and PasteRefused (a place that is not in the text). Nothing of the text chooses the account,
    the contact or the act: these are the caller's.
    """
    if not confirmed or len(confirmed) > MOST:
        raise PasteRefused(f"Keep between 1 and {MOST} of the facts.")
    for one in confirmed:
        if reason := why_not(one):
            raise PasteRefused(f"“{plain_line(one.value)[:60]}”: {reason}")
    called = plain_line(named) or f"{SOURCES[source][:1].upper()}{SOURCES[source][1:]}"
    actions = [_fact(one, pasted, (called, scope.actor.name), account_id, contact_id) for one in confirmed]
    _none_leaks(scope, actions)
    note = LogActivity(
        account_id=account_id, activity_kind="note", direction="in", contact_id=contact_id,
        subject=f"Pasted by {scope.actor.name}: {SOURCES[source]}", body=_noted(scope, pasted.text, confirmed),
    )  # fmt: skip
    perform(scope, note, key=_key("note", note.payload()))
    return [UUID(str(_done(scope, action).result["fact_id"])) for action in actions]


def _noted(scope: Scope, text: str, confirmed: Sequence[Confirmed]) -> str:
    """The text as everybody reads it who sees the account."""
    secrets = telling.find_secrets(text, list_client_names(scope))
    return telling.kept(text, secrets, [(one.start, one.end) for one in confirmed])


def _none_leaks(scope: Scope, actions: Sequence[RecordFact]) -> None:
    """What the door asks of a fact that is declared public, asked of all before any is kept. Raises PasteRefused."""
    declared = [(one, one.declared()) for one in actions]
    for _, told in declared:
        find_secrets(scope, told)
    with read(scope) as s:
        for one, told in declared:
            check = check_public(s, told)
            if not check.passed:
                raise PasteRefused(f"“{one.value[:60]}”: {check.reason}")


def _done(scope: Scope, action: RecordFact) -> Performed:
    done = performed(perform(scope, action, key=_key("fact", action.payload())))
    return done


def _key(what: str, payload: Any) -> str:
    told = json.dumps(payload, sort_keys=True, default=str).encode()
    return f"paste:{what}:{hashlib.sha256(told).hexdigest()[:40]}"


def _fact(
    one: Confirmed, pasted: Pasted, source: tuple[str, str], account_id: UUID, contact_id: UUID | None
) -> RecordFact:
    text = pasted.text
    if not 0 <= one.start < one.end <= len(text):
        raise PasteRefused("A fact names a place that is not in the text: paste it again.")
    quote, value = text[one.start : one.end], plain_line(one.value)
    hand = "pasted" if value.casefold() in plain_line(quote).casefold() else "pasted and corrected"
    personal = one.kind == "person" or one.sayable == "told_by_them"
    return RecordFact(
        account_id=account_id, contact_id=contact_id if personal else None, fact_kind=one.kind, subject=one.subject, value=value,
        source_name=f"{source[0]}, {hand} by {source[1]}",
        locator=f"characters {one.start}–{one.end} of the text {sha256(text)[:12]}", quote=quote, as_of_on=one.as_of_on,
        sensitivity=one.sensitivity, sayable=one.sayable, expectability=one.expectability, **_typed(one.kind, value),
    )  # fmt: skip


def _typed(kind: str, value: str) -> dict[str, Any]:
    """The number in the words, for kinds that hold one. Raises PasteRefused when a correction cannot be read."""
    try:
        if kind == "aum":
            written = money.parse(value.replace("-", " "))
            amount = money.of(written.number, written.currency or "USD")
            return {"value_minor": amount.minor, "value_currency": amount.currency}
        if kind == "headcount":
            return {"value_number": Decimal(value.replace(",", ""))}
    except (money.AmountUnreadable, ArithmeticError) as error:
        raise PasteRefused(
            f"“{value[:40]}” cannot be read as {'an amount' if kind == 'aum' else 'a number'}."
        ) from error
    return {}

"""AI use since the day Remit arrived: each rep begins when they begin, and writes to their clients at their own pace.

Hidden are the week in which a rep begins (some never do) and how much they then write. What the ladder must find follows
from the rows, and stands in the manifest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from remit.demo import parameters as p
from remit.demo import pilot, talk
from remit.demo.clients import Client
from remit.demo.dice import Dice
from remit.demo.facts import NEEDS
from remit.demo.firm import Firm, Person
from remit.demo.tables import Contact, Draft, Message, NoContact, day_said

WRITER: Final = "simulated"
KEPT_WEEKS: Final = 5
"""Whole weeks that gate S0-G1 looks at."""


class Habit(NamedTuple):
    """A rep's hidden way with AI: the week after arrival in which they begin (None: never), texts a week from then on."""

    begins: int | None
    a_week: float


def habit(firm: Firm, rep: Person) -> Habit:
    """The habit of a rep, the same whoever asks."""
    dice = Dice(firm.seed, "habit of", rep.name)
    if dice.chance(p.USE_NEVER):
        return Habit(None, 0.0)
    return Habit(
        min(p.USE_WEEKS - 1, int(dice.exponential(p.USE_BEGINS_MEAN))),
        dice.lognormal(p.USE_A_WEEK, p.USE_SIGMA),
    )


def arrival(firm: Firm) -> date:
    """The Monday on which Remit arrived."""
    return firm.as_of - timedelta(days=firm.as_of.weekday() + 7 * p.USE_WEEKS)


def use_rows(firm: Firm, one: Client, rows: Iterable[object], clients: int) -> Iterator[Draft | Message]:
    """Drafts made for one client, and what was sent of them. `clients`: how many the firm has."""
    rows = list(rows)
    refused = {row.value for row in rows if isinstance(row, NoContact)}
    contacts = [row for row in rows if isinstance(row, Contact) and row.email and row.email not in refused]
    if not contacts:
        return
    dice, number = Dice(firm.seed, "use", one.number), 0
    for role, rep in (("ae", one.owner), ("sdr", one.sdr), ("se", one.se)):
        way = habit(firm, rep)
        if way.begins is None:
            continue
        share = clients * p.TERRITORY_SHARE[one.territory] / len(firm.reps[role, one.territory])
        for week in range(way.begins, p.USE_WEEKS + 1):
            for _ in range(dice.count(way.a_week / share)):
                number += 1
                yield from _text(firm, one, dice, rep, dice.pick(contacts), week, number)


def _text(
    firm: Firm, one: Client, dice: Dice, rep: Person, contact: Contact, week: int, number: int
) -> Iterator[Draft | Message]:
    monday = p.HISTORY_DAYS - firm.as_of.weekday() - 7 * (p.USE_WEEKS - week)
    day = monday + dice.between(0, 4) + (one.place.hour + 0.2 + 8 * dice.roll()) / 24
    made, end = firm.instant(day), firm.instant(day + (4 + 40 * dice.roll()) / 1440)
    subject, written = _words(firm, one, dice, rep, contact, day)
    state = dice.weighted(("sent", "discarded", "draft"), p.USE_ENDS)
    edited = dice.chance(p.USE_EDITED)
    body = _edited(written, contact, dice) if edited else written
    if end >= firm.instant(p.HISTORY_DAYS):
        return  # not yet
    key = f"{one.number}/{number}"
    draft = firm.ids.at(made, f"use/{key}")
    yield Draft(
        draft,
        one.id,
        one.access,
        contact.id,
        "outreach",
        subject,
        body,
        written,
        WRITER,
        rep.id,
        state,
        edited,
        made,
        end,
    )
    if state == "sent" and rep.email and contact.email:
        identifier = f"<{draft}@{rep.email.rpartition('@')[2]}>"
        sent = Message(
            firm.ids.at(end, f"use-message/{key}"), one.id, one.access, contact.id, "out", draft, identifier, identifier,
            rep.email, contact.email, subject, body, end,
        )  # fmt: skip
        yield sent
        yield from pilot.reply(firm, sent, p.HISTORY_DAYS - day, p.USE_REPLIED)


def _edited(written: str, contact: Contact, dice: Dice) -> str:
    """The text as a rep leaves it: another opening, a line more."""
    line = dice.pick(talk.COLD_CLOSINGS)
    greeted = written.replace(f"Dear {contact.first_name},", f"Hello {contact.first_name},")
    return greeted.replace("\n\nRegards", f" {line}\n\nRegards")


def _words(firm: Firm, one: Client, dice: Dice, rep: Person, contact: Contact, day: float) -> tuple[str, str]:
    product = dice.pick(p.PRODUCTS)
    topic, need, quote = dice.pick(NEEDS[product.key])
    soon = firm.on(day + 7 + 14 * dice.roll())
    said = {
        "first": contact.first_name, "firm": one.name.short, "rep": rep.name, "product": product.name, "topic": topic,
        "need": need, "quote": quote, "date": day_said(soon - timedelta(days=max(0, soon.weekday() - 4))),
    }  # fmt: skip
    stage = dice.pick(("qualification", "discovery"))
    subject = dice.pick(talk.SUBJECTS[stage]).format_map(said)
    lines = " ".join(line.format_map(said) for line in dice.some(talk.OUT[stage], 2))
    body = f"Dear {contact.first_name},\n\n{lines}\n\nRegards\n{rep.name}"
    return subject[0].upper() + subject[1:], body


class Weeks:
    """What the rows say of use: reps with an accepted text, by week; accepted texts by month and rep."""

    def __init__(self) -> None:
        self.users: dict[date, set[str]] = defaultdict(set)
        self.months: dict[date, Counter[str]] = defaultdict(Counter)

    def take(self, rows: Iterable[object]) -> None:
        """Note the accepted texts among rows."""
        for row in rows:
            if isinstance(row, Draft) and row.state == "sent":
                day = date(1970, 1, 1) + timedelta(days=row.updated_at // 86_400)
                self.users[day - timedelta(days=day.weekday())].add(row.author_id)
                self.months[day.replace(day=1)][row.author_id] += 1

    def expected(self, firm: Firm) -> dict[str, object]:
        """What gate S0-G1 has to find on the day of loading: whole weeks, oldest first, and the lowest share."""
        reps = sum(len(each) for each in firm.reps.values())
        last = firm.as_of - timedelta(days=firm.as_of.weekday() + 7)
        days = [last - timedelta(weeks=back) for back in range(KEPT_WEEKS - 1, -1, -1)]
        begun = min(self.users, default=None)
        weeks = [
            {"from_on": day.isoformat(), "reps": reps, "users": len(self.users[day])}
            for day in days
            if begun and day >= begun
        ]
        shares = [len(self.users[day]) / reps for day in days if begun and day >= begun]
        lowest = min(shares, default=None)
        state = "insufficient" if lowest is None or len(weeks) < 4 else "met" if lowest >= 0.6 else "not_met"
        return {"weeks": weeks, "value": lowest, "state": state}

"""What was said and done with one client: exchanges in each stage of its deals, and the thin line between deals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from remit.demo import parameters as p
from remit.demo import talk
from remit.demo.clients import Client
from remit.demo.deals import END, Deal, Step
from remit.demo.dice import Dice
from remit.demo.facts import NEEDS, dollars_said
from remit.demo.firm import Firm, Person
from remit.demo.names import COMPETITORS
from remit.demo.tables import Activity, At, Contact, day_said

_SYSTEM_OF = {
    "oms": "OMS",
    "ems": "EMS",
    "risk": "risk system",
    "data": "market data",
    "clearing": "EMS",
    "prime": "PMS",
}


class Diary:
    """Collects the activities of one client."""

    def __init__(self, firm: Firm, one: Client) -> None:
        self.firm, self.one, self.found = firm, one, list[Activity]()

    def instant(self, day: float) -> At:
        """An instant within the client's working hours of that day, never on a Saturday or Sunday."""
        date = self.firm.on(min(day, END - 1))
        whole = int(min(day, END - 1)) - max(0, date.weekday() - 4)
        return self.firm.instant(whole + (self.one.place.hour + 0.2 + 8.5 * self.one.dice.roll()) / 24)

    def add(
        self, at: At, kind: str, direction: str | None, subject: str, body: str, contact: Contact | None, by: Person, *,
        deal: Deal | None = None, minutes: int | None = None, outcome: str | None = None, due: At | None = None,
        done: At | None = None,
    ) -> Activity:  # fmt: skip
        """One activity; returns its row."""
        one = self.one
        key = f"{one.number}/{len(self.found)}"
        row = Activity(
            self.firm.ids.at(at, f"activity/{key}"), at, one.id, one.access, kind, direction, subject, body,
            contact.id if contact else None, deal.id if deal else None, by.id, minutes, outcome, due, done, p.SOURCE,
            f"T{key}", at, at,
        )  # fmt: skip
        self.found.append(row)
        return row


def slots(firm: Firm, one: Client, product: int, contact: Contact, by: Person, amount: int, rival: int | None, day: float) -> dict[str, str]:  # fmt: skip
    """What the sentences of talk.py may say."""
    key = p.PRODUCTS[product].key
    topic, need, quote = one.dice.pick(NEEDS[key])
    return {
        "first": contact.first_name, "firm": one.name.short, "rep": by.name, "product": p.PRODUCTS[product].name,
        "topic": topic, "need": need, "quote": quote, "rival": COMPETITORS[rival][0] if rival is not None else "nobody else yet",
        "today": one.incumbents[_SYSTEM_OF[key]], "city": one.place.city, "date": _soon(firm, one.dice, day),
        "price": dollars_said(amount) if amount >= 1_000_000 else f"${amount:,}",
    }  # fmt: skip


def _soon(firm: Firm, dice: Dice, day: float) -> str:
    """A working day one to four weeks after `day`, as people write it."""
    soon = firm.on(day + 7 + 21 * dice.roll())
    soon -= timedelta(days=max(0, soon.weekday() - 4))
    return day_said(soon)


def _told(dice: Dice, lines: Sequence[str], count: int, said: dict[str, str]) -> str:
    """Some of `lines`, in the order in which they make sense."""
    taken = sorted(dice.some(range(len(lines)), count))
    return " ".join(lines[place] for place in taken).format_map(said)


def activities(firm: Firm, one: Client, dealt: list[Deal]) -> list[Activity]:
    """All activities of one client."""
    diary = Diary(firm, one)
    for deal in dealt:
        said = slots(
            firm,
            one,
            deal.product,
            one.contacts[deal.contact],
            deal.owner,
            deal.amount,
            deal.competitor,
            deal.opened,
        )
        for place, step in enumerate(deal.steps):
            _stage(diary, deal, step, place, said)
        _ending(diary, deal, said)
    begin = max(one.since, 0.0)
    for _ in range(one.dice.count(p.ACTIVITIES_BASE * (END - begin) / END)):
        _general(diary, begin + one.dice.roll() * (END - 1 - begin))
    return diary.found


def _stage(diary: Diary, deal: Deal, step: Step, place: int, said: dict[str, str]) -> None:
    dice, one = diary.one.dice, diary.one
    awake = step.end if deal.asleep_since is None else max(step.begin, min(step.end, deal.asleep_since))
    span = max(0.5, awake - step.begin)
    contact = one.contacts[deal.contact]
    by = one.sdr if place == 0 and deal.lead is not None and dice.chance(0.4) else deal.owner
    for _ in range(dice.count(p.ACTIVITIES_PER_STAGE[place] * min(2.0, (span / 25) ** 0.5))):
        day = step.begin + span * dice.roll()
        said["date"] = _soon(diary.firm, dice, day)
        kind = dice.weighted(("call", "email", "meeting", "task"), (0.30, 0.40, 0.16, 0.14))
        if kind == "call":
            body = _told(dice, talk.CALL[step.stage], dice.between(2, 3), said)
            diary.add(diary.instant(day), kind, "out", f"Call with {said['first']}", body, contact, by, deal=deal,
                      minutes=dice.between(6, 45), outcome="reached")  # fmt: skip
        elif kind == "meeting":
            who = one.se if place >= 2 and dice.chance(0.5) else by
            diary.add(diary.instant(day), kind, None, f"Meeting with {said['firm']}", talk.MEETING[step.stage].format_map(said),
                      contact, who, deal=deal, minutes=dice.pick((30, 45, 60, 90)), outcome="held")  # fmt: skip
        elif kind == "task":
            _task(diary, deal, step, day, said)
        else:
            _exchange(diary, deal, step, day, said, contact, by)


def _exchange(
    diary: Diary, deal: Deal, step: Step, day: float, said: dict[str, str], contact: Contact, by: Person
) -> None:
    dice = diary.one.dice
    subject = dice.pick(talk.SUBJECTS[step.stage]).format_map(said)
    subject = subject[0].upper() + subject[1:]
    lines = _told(dice, talk.OUT[step.stage], dice.between(1, 2), said)
    sent = diary.instant(day)
    replied = dice.chance(p.REPLY_RATE)
    diary.add(sent, "email", "out", subject, f"Dear {said['first']},\n\n{lines}\n\nRegards\n{by.name}", contact, by, deal=deal,
              outcome="replied" if replied else "sent")  # fmt: skip
    later = diary.firm.instant(day + 0.1 + dice.exponential(1.6))
    if replied and later < diary.firm.instant(END - 0.5):
        answer = dice.pick(talk.IN[step.stage]).format_map(said)
        answer = answer[0].upper() + answer[1:]
        diary.add(max(later, At(sent + 600)), "email", "in", f"Re: {subject}", f"{answer}\n\n{contact.first_name}", contact, by,
                  deal=deal, outcome="received")  # fmt: skip


def _task(diary: Diary, deal: Deal, step: Step, day: float, said: dict[str, str]) -> None:
    dice = diary.one.dice
    at, due = diary.instant(day), diary.instant(day)
    due = At(due + dice.between(1, 14) * 86_400)
    today = diary.firm.instant(END)
    done: At | None = At(due + dice.between(-30, 60) * 3600)
    if done is not None and (
        done >= today or (deal.outcome is None and due > today - 20 * 86_400 and dice.chance(0.5))
    ):
        done = None
    diary.add(at, "task", None, dice.pick(talk.TASKS[step.stage]).format_map(said), "", diary.one.contacts[deal.contact],
              deal.owner, deal=deal, due=due, done=max(done, At(at + 600)) if done is not None else None)  # fmt: skip


def _ending(diary: Diary, deal: Deal, said: dict[str, str]) -> None:
    if deal.outcome is None or deal.closed is None:
        return
    text = talk.ENDINGS["won" if deal.outcome == p.WON else deal.loss_reason or "no decision"].format_map(
        said
    )
    diary.add(diary.firm.instant(deal.closed), "note", None, "Deal closed", text, diary.one.contacts[deal.contact], deal.owner,
              deal=deal)  # fmt: skip


def _general(diary: Diary, day: float) -> None:
    one, dice = diary.one, diary.one.dice
    contact, product = dice.pick(one.contacts), dice.between(0, 5)
    by = one.sdr if dice.chance(0.5) else one.owner
    said = slots(diary.firm, one, product, contact, by, 0, None, day)
    kind, direction, subject, body = dice.pick(talk.GENERAL)
    subject = subject.format_map(said)
    at = diary.instant(day)
    outcome = {
        "email": "sent",
        "call": "no answer" if "No answer" in subject else "reached",
        "meeting": "held",
    }.get(kind)
    diary.add(at, kind, direction, subject[0].upper() + subject[1:], body.format_map(said), contact, by,
              minutes=dice.between(3, 30) if kind in ("call", "meeting") else None, outcome=outcome)  # fmt: skip
    later = At(at + 3600 * dice.between(2, 60))
    if kind == "email" and dice.chance(p.COLD_REPLY_RATE) and later < diary.firm.instant(END):
        diary.add(later, "email", "in", f"Re: {subject}", dice.pick(talk.COLD_REPLIES).format_map(said), contact, by,
                  outcome="received")  # fmt: skip

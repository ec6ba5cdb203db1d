"""The firm's approved answers, and 25 questionnaires that were answered before Remit came: rows of the load.

The answers stand in `answers.toml`. Of its second list some are out of date and some say something else than the first: what
should come of each when a buyer asks again is known.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.dice import Dice
from remit.demo.firm import Firm, Person
from remit.demo.tables import Answer, Questionnaire, QuestionnaireItem

EVERY: Final = 17
"""One client in so many has had a questionnaire answered: 25 of 420 at scale 1."""
MOST: Final = 25
LINES: Final = (24, 48)
_KINDS: Final = ("Due diligence questionnaire", "Request for proposal", "Security questionnaire")
_COMPANY: Final = frozenset({"company-founded", "headcount", "financials", "clients-count", "references", "insurance", "conflict", "bribery", "slavery", "whistle"})  # fmt: skip


class Said(NamedTuple):
    """One entry of `answers.toml`: `age` and `review` in days."""

    key: str
    product: str
    short: str
    question: str
    answer: str
    age: int
    review: int


@lru_cache(maxsize=1)
def said() -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """What is answered today, and what is out of date or says something else."""
    found = tomllib.loads((Path(__file__).parent / "answers.toml").read_text("utf-8"))
    return tuple(Said(*each) for each in found["answers"]), tuple(Said(*each) for each in found["other"])


def answers(firm: Firm) -> list[Answer]:
    """All of them as approved answers: an engineer wrote each, enablement approved it."""
    engineers = [person for person in firm.people if person.role == "se"]
    approver = next(person for person in firm.people if person.role == "enablement")
    return [
        _answer(firm, one, engineers[place % len(engineers)], approver)
        for place, one in enumerate(each for part in said() for each in part)
    ]


def answer_id(firm: Firm, one: Said) -> str:
    """The id of an entry's row."""
    return firm.ids.at(int(firm.instant(max(0, p.HISTORY_DAYS - one.age))), f"answer/{one.key}")


def _answer(firm: Firm, one: Said, owner: Person, approver: Person) -> Answer:
    day = p.HISTORY_DAYS - one.age
    at, later = firm.instant(max(0, day)), firm.instant(max(0, day) + 0.2)
    return Answer(
        answer_id(firm, one), one.question, one.short, one.answer, one.product, f"Answered questionnaires, {firm.on(day):%B %Y}", owner.id,
        firm.on(day), firm.on(day) + timedelta(days=one.review), "live", owner.id, at, approver.id, later,
        hashlib.sha256(json.dumps([one.question, one.short, one.answer, one.product]).encode()).hexdigest(),
    )  # fmt: skip


def answered(firm: Firm, one: Client) -> list[Questionnaire | QuestionnaireItem]:
    """The questionnaire of a client that had one, with its lines."""
    if one.number % EVERY != 3 or one.number // EVERY >= MOST:
        return []
    dice = Dice(firm.seed, "questionnaire", one.number)
    day = dice.between(120, p.HISTORY_DAYS - 20)
    at, decided, approved = firm.instant(day), firm.instant(day + 4.1), firm.instant(day + 6.3)
    kind = dice.pick(_KINDS)
    form = dice.pick(("xlsx", "xlsx", "docx", "csv"))
    key = firm.ids.at(int(at), f"questionnaire/{one.number}")
    title = f"{kind}, {firm.on(day):%B %Y}"
    file_name = f"{kind.lower().replace(' ', '-')}.{form}"
    head = Questionnaire(
        key, one.id, one.access, title, file_name, form, "approved", one.owner.id, at, one.owner.id, approved
    )
    lines = []
    for position, each in enumerate(dice.some(said()[0], dice.between(*LINES)), 1):
        current = (
            p.HISTORY_DAYS - each.age <= day
        )  # an older one was answered by what is not on record any more
        lines.append(
            QuestionnaireItem(
                firm.ids.at(int(at), f"questionnaire/{one.number}/{position}"), key, one.id, one.access, position, _section(each),
                f"{position}", each.question, "yes_no" if each.short else "text", f"{position + 1}:3", "accepted" if current else "written",
                each.short, each.answer, answer_id(firm, each) if current else None, one.se.id, decided,
            )
        )  # fmt: skip
    return [head, *lines]


def _section(one: Said) -> str:
    return one.product or ("Company" if one.key in _COMPANY else "Security and operations")

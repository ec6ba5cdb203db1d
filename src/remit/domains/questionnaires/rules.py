"""States of answers and of a questionnaire's lines, what goes into a cell, and what has to hold before it is approved. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal, Protocol
from uuid import UUID

from remit.actions import Check
from remit.evidence.facts import Fact, why_not_sayable

Short = Literal["", "yes", "no", "partly", "n/a"]
SHORTS: Final[tuple[Short, ...]] = ("yes", "no", "partly", "n/a")
OPEN: Final = ("gap", "proposed", "quoted", "stale", "conflict")
"""States of a line on which nobody has decided yet."""
STATES: Final = {
    "gap": "no answer", "proposed": "proposed", "quoted": "from a document", "stale": "out of date", "conflict": "answers differ", "accepted": "accepted",
    "written": "written", "blank": "left blank", "given": "was filled in",
}  # fmt: skip
ANSWER_STATES: Final = {
    "draft": "waits for approval",
    "live": "approved",
    "superseded": "superseded",
    "retired": "taken out of use",
}
_MEANS: Final = {
    "yes": ("yes", "y", "compliant", "fully compliant", "true", "met", "supported"),
    "no": ("no", "n", "non-compliant", "not compliant", "false", "not met", "not supported"),
    "partly": ("partly", "partial", "partially", "partially compliant", "partially met"),
    "n/a": ("n/a", "na", "not applicable", "not apply"),
}  # fmt: skip
MAX_SHORT: Final = 200
_DENIES: Final = re.compile(
    r"\b(no|not|none|never|neither|nor|without|except|only|partly|planned|cannot|un(?:able|available|supported))\b|n['’]t\b",
    re.I,
)


class Line(Protocol):
    """What this file asks of a line of a questionnaire."""

    @property
    def state(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[str]: ...
    @property
    def short(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def answer_at(self) -> str: ...
    @property
    def comment_at(self) -> str: ...
    @property
    def sheet(self) -> str: ...


class Sourced(Protocol):
    """A line with the source that its answer was taken from."""

    @property
    def position(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def source_state(self) -> str: ...
    @property
    def review_by_on(self) -> date | None: ...


def option_for(options: Sequence[str], short: str) -> str:
    """Which of a cell's choices says `short`; "" when none does. Without choices: Yes, No, Partly, N/A."""
    if not options:
        return {"yes": "Yes", "no": "No", "partly": "Partly", "n/a": "N/A"}.get(short, short)
    wanted = _MEANS.get(short, (short.lower(),))
    return next((each for each in options if each.strip().lower() in wanted), "")


def fits(kind: str, options: Sequence[str], short: str, answer: str) -> str:
    """Why an answer cannot go into a line's cells; "" when it can."""
    if options and not option_for(options, short):
        return f"The cell takes one of: {', '.join(options)[:200]}. Choose which."
    if kind == "yes_no" and not options and not short and not answer:
        return "It asks for yes or no: say which, or write an answer."
    if kind == "text" and not answer:
        return "Write an answer, or leave the line blank."
    return ""


def cells(line: Line) -> list[tuple[str, str]]:
    """Where the words of a decided line go: (place, text). Nothing for a line that stays blank or was filled in."""
    if line.state not in ("accepted", "written", "proposed"):
        return []
    short = option_for(line.options, line.short) if line.short or line.options else ""
    if line.kind == "text" and not line.options:
        return [(line.answer_at, line.answer)] if line.answer else []
    if line.comment_at:
        return [
            (at, text)
            for at, text in (
                (line.answer_at, short or line.answer),
                (line.comment_at, line.answer if short else ""),
            )
            if text
        ]
    if line.options:
        return [(line.answer_at, short)] if short else []
    if line.answer.lower().startswith(short.lower()):
        short = ""
    return [(line.answer_at, ". ".join(filter(None, (short, line.answer))))] if short or line.answer else []


def sentence(fact: Fact) -> str:
    """A fact of ours as an answer says it: “Northlake OMS splits …”."""
    said = f"{fact.subject} {fact.value}".strip()
    return said if said.endswith(".") else f"{said}."


def fingerprint(question: str, short: str, answer: str, product: str) -> str:
    """SHA-256 (hex) of an answer: the same words to the same question are on record once."""
    return hashlib.sha256(json.dumps([question, short, answer, product]).encode()).hexdigest()


def may_answer(fact: Fact, today: date) -> bool:
    """Whether a fact of ours may be said to any buyer: live, public, of the firm itself. The one rule, for finding and for proposing."""
    return (
        not why_not_sayable(fact, None, today) and fact.sayable == "public" and fact.sensitivity == "public"
    )


def short_of(fact: Fact) -> Short:
    """What a fact says to a question of yes or no: yes, or nothing where it denies or limits something; a person chooses then."""
    return "" if _DENIES.search(sentence(fact)) else "yes"


def content_hash(lines: Iterable[tuple[int, str, str, str]]) -> str:
    """SHA-256 (hex) of what a questionnaire answers: (position, state, short, answer) of each line. An approval names it."""
    return hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()


def check_complete(states: Sequence[str]) -> Check:
    """A person has decided on every line (S1-H1)."""
    left = sum(state in OPEN for state in states)
    return Check.that(
        "questionnaire-reviewed", left == 0,
        f"{left} of {len(states)} lines wait for a person: accept, write, or leave each blank.", "A person decided on every line.",
    )  # fmt: skip


def check_approver(makers: Iterable[UUID], approver: UUID) -> Check:
    """The whole is approved by somebody who neither added it nor decided on a line of it."""
    return Check.that(
        "questionnaire-not-own", approver not in set(makers),
        "You added it or decided on some of its lines: a colleague approves it.", "Others added it and decided on its lines.",
    )  # fmt: skip


def check_dates(as_of_on: date, review_by_on: date, today: date) -> Check:
    """An answer was true on a day that has been, and is looked at again on one to come."""
    return Check.that(
        "answer-dates", as_of_on <= today < review_by_on,
        f"True as of {as_of_on}, review by {review_by_on}: the first has been, the second is still to come.", "Its days fit.",
    )  # fmt: skip


def check_sources(lines: Iterable[Sourced], today: date) -> Check:
    """Each accepted answer has a source that is approved and current today: when the whole is approved, and again when it leaves."""
    fallen = [
        one for one in lines
        if one.state == "accepted" and (one.source_state != "live" or (one.review_by_on is not None and one.review_by_on < today))
    ]  # fmt: skip
    return Check.that(
        "questionnaire-sources", not fallen,
        f"The source of {len(fallen)} accepted answers is not approved or current any more (the first: line {fallen[0].position}); decide on them again."
        if fallen else "", "Each accepted answer has a source that is approved.",
    )  # fmt: skip

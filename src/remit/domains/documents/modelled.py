"""A model as the writer of a summary: it phrases passages that we chose, and each line is held to them like anybody's.

The model sees what the embedded writer would cite, not the whole document. A line stays when its numbers stand in the passages that
it names and the claim check finds it supported by them; what does not hold is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from remit.domains.documents import digest
from remit.domains.documents.queries import Document
from remit.evidence.facts import looks_like_instruction
from remit.kit.text import by_number, counted
from remit.llm.embedded.summary import exact
from remit.llm.embedded.summary.certain import certain, supported
from remit.llm.embedded.summary.model import Bullet, Line
from remit.llm.gateway.call import Ask, ask
from remit.llm.gateway.ledger import NoModel
from remit.llm.gateway.prompt import Outside, Prompt, template, visible
from remit.scope import Scope

MOST_LINES: Final = 12
MOST_PASSAGES: Final = 60
_CANDIDATES: Final = 40
_ADDRESS: Final = re.compile(r"https?:|www\.|\w@\w", re.IGNORECASE)


class SummaryLine(BaseModel):
    """One line, and the passages that it rests on."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400), AfterValidator(visible)
    ]
    passages: list[int] = Field(min_length=1, max_length=6)


class SummaryLines(BaseModel):
    """What a model gives back: lines of text, and nothing that anything acts on."""

    model_config = ConfigDict(extra="forbid")
    lines: list[SummaryLine] = Field(max_length=40)


@dataclass(frozen=True, slots=True)
class Written:
    """Lines that hold, and the model that wrote them. `note`: what a reader should know of how it came about."""

    bullets: tuple[Bullet, ...]
    model: str
    note: str


def passages(document: Document) -> list[tuple[int, int]]:
    """The places that a model may write from, in the order of the document."""
    found = {
        (place.start, place.end)
        for bullet in digest.summary_of(document, _CANDIDATES).bullets
        for place in bullet.citations
        if not looks_like_instruction(place.quote)
    }
    return sorted(found)[:MOST_PASSAGES]


def write(scope: Scope, document: Document) -> Written:
    """Have the model for summaries write. Raises NoModel, also when nothing of what it wrote holds."""
    places = passages(document)
    if not places:
        raise NoModel("nothing_to_sum_up", "nothing in the document could be cited")
    evidence = [
        Outside(f"passage {number}\n{document.text[start:end]}", document.head.title, needed=False)
        for number, (start, end) in enumerate(places, 1)
    ]
    prompt = Prompt(template("summary"), evidence, {"lines": MOST_LINES})
    answer = ask(scope, Ask("summary", prompt, document.head.account_id), SummaryLines)
    given = answer.output.lines[:MOST_LINES]
    held = hold(document, [Line(each.text, _spans(each.passages, places)) for each in given])
    if not held:
        raise NoModel(
            "unsupported", f"no line of {answer.model} held against the document", call_id=answer.call_id
        )
    return Written(held, answer.model, left_out_note(len(given) - len(held), answer.left_out_count))


def _spans(numbers: Sequence[int], places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(places[number - 1] for number in dict.fromkeys(numbers) if 1 <= number <= len(places))


def hold(document: Document, lines: Sequence[Line]) -> tuple[Bullet, ...]:
    """The lines that hold: places named, numbers exact, claims supported by these places, no order and no address."""
    return held_to(document.text, lines)


def held_to(text: str, lines: Sequence[Line]) -> tuple[Bullet, ...]:
    """As `hold`, against any text that lines name places of."""
    plain = [
        line
        for line in lines
        if line.spans and not looks_like_instruction(line.text) and not _ADDRESS.search(line.text)
    ]
    bullets = exact.check(text, plain)[0]
    return tuple(replace(bullet, certain=certain(bullet)) for bullet in bullets if supported(bullet))


def left_out_note(dropped: int, left_out: int) -> str:
    """What a reader is told of lines that did not hold and of evidence that stayed in the house; "" for none."""
    told = []
    if dropped:
        told.append(
            f"{counted(dropped, 'line')} of the model did not hold and {by_number(dropped, 'is', 'are')} left out."
        )
    if left_out:
        told.append(f"{counted(left_out, 'passage')} stayed in the house: data handling.")
    return " ".join(told)

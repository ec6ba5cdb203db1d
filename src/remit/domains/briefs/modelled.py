"""A model puts a brief in short: it sees the brief's own lines, and each sentence of its is held to the lines that it names.

The records say everything; the model only phrases. A sentence stays when its numbers stand in the lines that it names and the claim
check finds it supported by them. Lines for our eyes only, or of one reader's view alone, are never shown to a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.domains.briefs.model import Brief, Line
from remit.domains.documents.modelled import SummaryLines, held_to, left_out_note
from remit.evidence.facts import looks_like_instruction, plain_line
from remit.llm.embedded.summary.model import Line as Phrased
from remit.llm.gateway.call import Ask, ask
from remit.llm.gateway.ledger import NoModel
from remit.llm.gateway.prompt import Outside, Prompt, template
from remit.scope import Scope

MOST_LINES: Final = 5
MOST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the model with the lines of the brief that it rests on."""

    text: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class InShort:
    """What held, by which model; `note`: how many sentences did not hold, and how many lines stayed in the house."""

    sentences: tuple[Sentence, ...]
    model: str
    note: str


def shown(brief: Brief) -> list[Line]:
    """The lines that a model may see, in the order of the brief."""
    return [
        line
        for section in brief.sections
        for line in section.lines
        if section.key != "not_to_say" and line.shared and not line.private and not looks_like_instruction(line.text)
    ][:MOST_SHOWN]  # fmt: skip


def write(scope: Scope, brief: Brief) -> InShort:
    """Have the model for briefs write. Raises NoModel, also when nothing of what it wrote holds."""
    lines = shown(brief)
    if not lines:
        raise NoModel("nothing_to_sum_up", "no line of the brief may be shown to a model")
    texts = [plain_line(line.text) for line in lines]
    evidence = [
        Outside(f"line {number}\n{text}", "brief", needed=False) for number, text in enumerate(texts, 1)
    ]
    answer = ask(
        scope,
        Ask("brief", Prompt(template("brief"), evidence, {"lines": MOST_LINES}), brief.account_id),
        SummaryLines,
    )
    given = answer.output.lines[:MOST_LINES]
    places, at = [], 0
    for text in texts:
        places.append((at, at + len(text)))
        at += len(text) + 1
    by_start = {start: line for (start, _), line in zip(places, lines, strict=True)}
    named = [
        tuple(places[n - 1] for n in dict.fromkeys(each.passages) if 1 <= n <= len(places)) for each in given
    ]
    held = held_to(
        "\n".join(texts), [Phrased(each.text, spans) for each, spans in zip(given, named, strict=True)]
    )
    if not held:
        raise NoModel(
            "unsupported", f"no line of {answer.model} held against the brief", call_id=answer.call_id
        )
    sentences = tuple(
        Sentence(each.text, tuple(by_start[one.start] for one in each.citations if one.start in by_start))
        for each in held
    )
    return InShort(sentences, answer.model, left_out_note(len(given) - len(held), answer.left_out_count))

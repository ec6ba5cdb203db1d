"""Is a subject line backed by facts? It is no sentence, and still states numbers, names, promises, and who asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from remit.evidence import lexicon
from remit.evidence.attended import without_mere_names
from remit.evidence.claims import Context, foreign_names
from remit.evidence.facts import Fact, usable
from remit.evidence.known import known
from remit.evidence.said import prepare
from remit.evidence.support import Support
from remit.kit.kept import kept

_READER_ASKED: Final = re.compile(
    r"\byour (?:\w+ )?(?:questions?|requests?|enquir(?:y|ies)|inquir(?:y|ies)|quer(?:y|ies))\b|\byou (?:had )?(?:asked|requested)\b"
    r"|\bas (?:asked|requested)\b",
    re.IGNORECASE,
)
_TOLD_ASKING: Final = re.compile(
    r"\b(?:asked|asks|asking|requested|wanted to know|questions?)\b|\?", re.IGNORECASE
)


def check_heading(subject: str, facts: Sequence[Fact], context: Context, *, answers: bool = False) -> Support:
    """A subject line is no sentence: its numbers, names and promises need facts, its other words do not.

    One that says the reader asked ("Your question on …") needs a fact that they did, unless the message `answers` theirs.
    """
    return _heading(without_mere_names(facts, subject), subject, context, answers)


@kept(8_192)
def _heading(facts: Sequence[Fact], subject: str, context: Context, answers: bool) -> Support:
    masked = context.without_firms(subject)
    said = prepare(subject, context)
    live = [known(fact) for fact in usable(facts, context.account_id, context.day)]
    numbers = [one for one in said.numbers if not any(k.states(one, said) for k in live)]
    named = [*lexicon.STRONG.findall(masked), *foreign_names(masked, context)]
    spoken = frozenset().union(*(one.reach for one in live)) if live else frozenset()
    wanted = [part[0] if isinstance(part, tuple) else part for part in named]
    missing = tuple(word for word in wanted if not lexicon.stems(word) <= spoken) + tuple(
        one.quantity.text for one in numbers
    )
    if missing:
        return Support("unsupported", f"No live fact says: {', '.join(missing)}.", (), missing)
    asked = _READER_ASKED.search(subject)
    told = (one.fact for one in live if one.fact.sayable == "told_by_them")
    if asked and not answers and not any(_TOLD_ASKING.search(f"{one.kind} {one.quote}") for one in told):
        return Support(
            "unsupported", f"No live fact says that they asked (“{asked.group()}”).", (), (asked.group(),)
        )
    used = [one.fact.id for one in live if one.said_in(said)]
    return Support(
        "supported" if used else "not_a_claim", "Nothing in it goes beyond the facts.", tuple(used)
    )

"""What bags of words cannot see: negation, order, who did it to whom, what is only planned, what narrows a statement.

Each function takes a sentence and the facts that cover it and gives the reason why they do not back it, '' when they do.
They can only refuse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from remit.evidence import lexicon
from remit.evidence.claims import Context
from remit.evidence.known import PLAN, Known
from remit.evidence.quantities import Quantity
from remit.evidence.said import Number, Said
from remit.evidence.synonyms import reach

_FORMER: Final = re.compile(r"\b(used to|once|formerly|until recently)\b", re.IGNORECASE)
_WILL: Final = re.compile(r"\b(will|shall|going to|plan to|intend to)\b|[’']ll\b", re.IGNORECASE)
_PROMISE: Final = re.compile(r"\b(will|shall|going to|you(?:r|rs)?|always|would)\b|[’']ll\b", re.IGNORECASE)
_ORDERED: Final = (
    re.compile(r"\bfrom ([\w&.,%$€£ \-/]+?) (?:to|into|onto) ([\w&.,%$€£ \-/]+)", re.IGNORECASE),
    re.compile(
        r"\b(?:replac\w+|swapp?\w*|exchang\w+) ([\w&.,%$€£ \-/]+?) (?:with|by|for) ([\w&.,%$€£ \-/]+)",
        re.IGNORECASE,
    ),
)
_REPLACED: Final = re.compile(r"([A-Z][\w&.\- ]+?) (?:has |have )?replace[sd] ([\w&.\- ]+)")
_ENGAGE: Final = r"(?:appointed|hired|engaged|recruited|selected|chose|named|mandated|retained|picked|employs?|uses|promoted|acquired|bought|purchased|took over)"
_GIVE: Final = r"(?:awarded|gave|granted|handed|invested|lent|paid)"
_TAKES: Final = re.compile(r"\b(won|win|raised|received|secured|landed|borrowed|obtained)\b", re.IGNORECASE)
_TALKED: Final = frozenset({"decided", "promise", "asked"})
_DOES: Final = (
    r"(?<=ll )\w+|\b(?:will|shall|can|could|would|would like to|are going to|plan to|want to) (?!see\b|tell\b|read\b|find\b|only\b|ask\b)\w+"
    r"|\b(?:makes?|gives?|solves?|fix(?:es)?|help(?:s|ed)? you|ensures?|provides?|delivers?|offers?|supports?)\b"
)
_HOW_WELL: Final = re.compile(
    r"\b(?:perform\w*|do(?:es|ing|ne)?|did|go(?:es|ing|ne)?|went|work\w*|run\w*|ran|far(?:e[sd]?|ing)) (?:\w+ )?(?:well|badly|poorly|nicely|strongly|smoothly)\b(?! as\b)",
    re.IGNORECASE,
)
_CONTRAST: Final = (
    ("before", "after"), ("above", "below"), ("pretrade", "posttrade"), ("long", "short"), ("buy", "sell"), ("minimum", "maximum"),
    ("largest", "smallest"), ("first", "last"),
)  # fmt: skip
_TOWARDS: Final = {
    "from": {"to", "into"},
    "to": {"from"},
    "before": {"after", "from"},
    "after": {"before", "until"},
    "by": {"after"},
}


def objection(said: Said, facts: Sequence[Known], context: Context) -> str:
    """The first reason why the sentence says something else than the facts; '' when none is seen."""
    for look in (
        _ours_to_do,
        _judged,
        _negated,
        _turned,
        _planned,
        _reversed,
        _towards,
        _contrast,
        _agent,
        _narrowed,
        _promised,
    ):
        if reason := look(said, facts, context):
            return reason
    return ""


_THEY_NEED: Final = re.compile(
    r"\b(?:you|your \w+|they|he|she)\b[^.]{0,40}?\b(?:need|want|tell|told|sa[iy]|mention|ask|look|hope|wish|rais|would like|priorit|matter)\w*"
    r"|\byour (?:need|wish|priorit)\w*",
    re.IGNORECASE,
)


def _ours_to_do(said: Said, facts: Sequence[Known], context: Context) -> str:
    """What they need or have is no word of what we do: "we will make your reconciliation faster" is a promise of ours."""
    if any(one.ours or one.fact.kind in _TALKED for one in facts):
        return ""
    if said.names_us and any(one.fact.kind == "need" for one in facts) and not _THEY_NEED.search(said.text):
        return f"“{said.names_us}” says what we do, and the fact what they need."
    name = re.escape(context.our_name.split()[0]) if context.our_name else "we"
    found = re.search(
        rf"\b(?:(?:we|I)\b(?:[’']ll)?|our \w+|(?i:{name})(?: \w+){{0,2}}) ?(?:{_DOES})",
        said.text,
        re.IGNORECASE,
    )
    return f"“{found.group()}” says what we do, and the fact says it of them." if found else ""


def _judged(said: Said, facts: Sequence[Known], _context: Context) -> str:
    """How well something goes is a judgement: "has performed well" is not said by a fact that it is there."""
    found = _HOW_WELL.search(said.text)
    if found is None or any(_HOW_WELL.search(one.text) for one in facts):
        return ""
    return f"It judges (“{found.group()}”), and the fact does not."


def _negated(said: Said, facts: Sequence[Known], _context: Context) -> str:
    here = lexicon.NEGATION.findall(said.text)
    there = sum(one.negations for one in facts)
    if len(here) % 2 == there % 2 and bool(here) == bool(there):
        return ""
    return (
        f"It says “{here[0]}” and the fact does not."
        if here
        else "The fact has a “not” that the sentence leaves out."
    )


def _turned(said: Said, facts: Sequence[Known], _context: Context) -> str:
    """A fact that something ended is not said by a sentence that leaves the ending out."""
    for one in facts:
        if (ended := one.ends) and not reach(ended) & said.every:
            return f"The fact says that it {sorted(ended)[0]}s or ended, and the sentence leaves that out."
    return ""


def _planned(said: Said, facts: Sequence[Known], _context: Context) -> str:
    theirs = [one for one in facts if not one.ours and one.fact.kind not in ("launch", "office", "need")]
    former = _FORMER.search(said.text)
    if theirs and former is not None and not any(_FORMER.search(one.text) for one in theirs):
        return f"The fact is of now, and the sentence says “{former.group()}”."
    if theirs and _WILL.search(said.text) and not any(PLAN.search(one.text) for one in theirs):
        return "The sentence says that it is to come, and the fact that it is so."
    planned = any(PLAN.search(one.text) for one in theirs)
    if planned and not PLAN.search(said.text) and not any(_later(one, said) for one in said.dates):
        return "The fact says that it is planned, and the sentence that it is so."
    return ""


def _later(number: Number, said: Said) -> bool:
    year = number.quantity.parts[0]
    return year is not None and year > said.day.year


def _reversed(said: Said, facts: Sequence[Known], _context: Context) -> str:
    """From A to B is not from B to A."""
    for pattern in (*_ORDERED, _REPLACED):
        for found in pattern.finditer(said.text):
            first, second = (lexicon.stems(found[number]) - lexicon.FRAMING for number in (1, 2))
            if pattern is _REPLACED:
                first, second = second, first
            only_first, only_second = first - second, second - first
            for one in facts:
                for there in (other.search(one.text) for other in _ORDERED):
                    if there is None:
                        continue
                    theirs, ours = lexicon.stems(there[1]), lexicon.stems(there[2])
                    if only_first & (ours - theirs) and only_second & (theirs - ours):
                        return "The fact has it the other way round."
    return _numbers_reversed(said, facts)


def _numbers_reversed(said: Said, facts: Sequence[Known]) -> str:
    start = next((one for one in said.amounts if one.before == "from"), None)
    end = next(
        (one for one in said.amounts if one.before == "to" and start is not None and one is not start), None
    )
    if start is None or end is None:
        return ""
    first, second = _dated_value(start, facts), _dated_value(end, facts)
    if first is None or second is None or first <= second:
        return ""
    return "The facts have the two numbers in the other order."


def _dated_value(number: Number, facts: Sequence[Known]) -> tuple[int, int] | None:
    """When a value was so: the fact's day, and the place in the fact; None when no fact has it."""
    for one in facts:
        for place, value in enumerate(one.values):
            if number.stated_by(value):
                return one.fact.as_of_on.toordinal(), place if value.end else 0
    return None


def _towards(said: Said, facts: Sequence[Known], _context: Context) -> str:
    """'From 42 lenders' is not 'to 42 lenders'."""
    for number in said.amounts:
        against = _TOWARDS.get(number.before)
        if against is None:
            continue
        for one in facts:
            for value in one.values:
                if value.end and number.stated_by(value) and _before(one.text, value) in against:
                    return f"The fact says “{_before(one.text, value)} {value.text}”."
    return ""


def _before(text: str, value: Quantity) -> str:
    words = text[: value.start].split()
    return words[-1].casefold() if words else ""


def _contrast(said: Said, facts: Sequence[Known], _context: Context) -> str:
    here = {word.casefold() for word in lexicon.words(said.text)}
    there = {word.casefold() for one in facts for word in lexicon.words(one.text)}
    for pair in _CONTRAST:
        for one, other in (pair, pair[::-1]):
            if one in here and other not in here and other in there and one not in there:
                return f"The fact says “{other}”, the sentence “{one}”."
    return ""


def _agent(said: Said, facts: Sequence[Known], context: Context) -> str:
    """Who appointed whom, who gave to whom: the account is the one that engages and that receives."""
    firm = re.escape(context.account_name.split()[0]) if context.account_name else "you"
    them = rf"(?:you|{firm}(?: \w+)?)"
    theirs = [one for one in facts if not one.ours]
    if theirs and re.search(
        rf"(?<!were )(?<!was )(?<!been )\b{_ENGAGE} (?:{them})\b", said.text, re.IGNORECASE
    ):
        return "The fact has it the other way round: they are the ones who chose."
    if any(_TAKES.search(one.text) for one in theirs) and re.search(
        rf"\b{them} (?:have |has |had )?{_GIVE}\b", said.text, re.IGNORECASE
    ):
        return "The fact has it the other way round: they received."
    for one in theirs:
        name = re.escape(one.fact.value.split()[-1])
        if one.fact.kind in ("hire", "prime_broker", "custodian", "administrator") and re.search(
            rf"\b{name} (?:has |have |had )?(?:just )?{_ENGAGE} (?:you\b|[A-Z])", said.text
        ):
            return f"The fact does not say that {one.fact.value} chose anybody."
    return ""


def _narrowed(said: Said, facts: Sequence[Known], _context: Context) -> str:
    """An approved statement is said whole: what it does, to what, and within which limits."""
    for one in facts:
        if one.does and not reach({one.does}) & said.every:
            return f"The approved statement says “{lexicon.words(one.text)[0]}”, and the sentence does not."
        lost = (
            sorted(word for word in one.core if not reach({word}) & said.every)
            if one.fact.kind in ("capability", "competitor") and not one.negations
            else []
        )
        if lost and len(lost) > len(one.core) // 5:
            return f"Too little of the approved statement is said; “{lost[0]}” is left out."
        if left := one.narrow - reach(said.every):
            return f"The approved statement says “{sorted(left)[0]}”; without it the sentence claims more."
    return ""


def _promised(said: Said, facts: Sequence[Known], _context: Context) -> str:
    """A result at one firm in the past is not a promise to another, nor a habit."""
    for one in facts:
        if one.fact.kind != "proof":
            continue
        if said.names_reader:
            return "The fact is a result at another firm; the sentence says it of the reader's."
        if (found := _PROMISE.search(said.text)) is not None:
            return f"The fact is a result of the past elsewhere; “{found.group()}” makes a promise of it."
        verb = lexicon.words(one.text)[0]
        if re.search(rf"\b{re.escape(verb)}s\b", said.text, re.IGNORECASE):
            return "The fact is a result of the past; the sentence says it in general."
    return ""

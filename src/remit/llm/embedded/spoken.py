"""What a note says of somebody, said to them: "they run Enfusion" → "you run Enfusion"; of a transcript their "we" → "you".

Only the person changes, no other word. Whether the sentence still stands on its note is the claim check's to say.
"""

from __future__ import annotations

import re
from typing import Final

_IRREGULAR: Final = {"is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't", "wasn't": "weren't", "doesn't": "don't", "hasn't": "haven't", "isn’t": "aren’t", "doesn’t": "don’t"}  # fmt: skip
_NOT_VERBS: Final = frozenset("this its his us yes always besides perhaps thus across as".split())  # noqa: SIM905
_SUBJECT: Final = r"(?P<who>\b(?:[Tt]hey|[Hh]e|[Ss]he|(?:[Tt]he|[Tt]heir) (?:client|fund|firm|desk)|{names}))(?P<short>[’'](?:re|s|ll|ve|d))?(?P<verb> (?:(?:also|still|now|only|currently) )?[a-z’']+)?"
_ADVERBS: Final = ("also", "still", "now", "only", "currently")
_TAKES: Final = (
    "let|tell|send|give|show|for|to|with|from|get|call|ask|on|at|by|of|about|help|email|e-mail|ring|ping"
)
_TOLD: Final = re.compile(
    r"^(?:you )?(?:said|mentioned|told (?:us|me)|explained|confirmed|noted|reported|added|says|mentions|confirms|explains)(?: that)?[:,]? ",
    re.IGNORECASE,
)


def to_reader(text: str, first_name: str, last_name: str, speaker: str | None = None) -> str:
    """`text` as it is said to the reader. `speaker`: whose words they are ("us", "them"); None for a note by one of us."""
    if speaker == "us":
        return text
    if speaker == "them":
        return _turned(text)
    names = "|".join(
        re.escape(name)
        for name in (f"{first_name} {last_name}".strip(), first_name, f"Mr {last_name}", f"Ms {last_name}")
        if len(name.strip()) > 2
    )
    said = re.sub(rf"\b(?:{names})(?P<s>['’]s)\b", "your", text) if names else text
    said = re.compile(_SUBJECT.replace("{names}", names or "they")).sub(_subject, said)
    said = re.sub(r"\b(?:their|his|hers|theirs)\b", "your", said, flags=re.IGNORECASE)
    said = re.sub(
        r"\bher(?= (?!to\b|by\b|on\b|a\b|an\b|the\b|and\b|with\b|for\b|in\b|at\b|about\b)[a-z])", "your", said
    )
    said = re.sub(r"\b(?:them|him|her)\b(?!selves)", "you", said, flags=re.IGNORECASE)
    said = re.sub(r"\b(?:themselves|himself|herself)\b", "yourselves", said)
    return said


def _subject(found: re.Match[str]) -> str:
    verb = found["verb"] or ""
    short = {"’s": "’re", "'s": "'re"}.get(found["short"] or "", found["short"] or "")
    words = verb.split()
    if words and not short:
        last = words[-1]
        if last not in _ADVERBS:
            words[-1] = plural(last)
    # a desk or a fund stays what it is, and becomes the reader's
    who = found["who"]
    if who.casefold().split()[0] in ("the", "their") and " " in who:
        return f"your {who.split()[1]}{found['short'] or ''}{verb}"
    return f"you{short}{''.join(f' {word}' for word in words)}"


def plural(verb: str) -> str:
    """A verb as it follows "you": "wants" → "want"; what is no third person stays."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb in _NOT_VERBS or not re.fullmatch(r"[a-z]{2,}s", verb) or verb.endswith("ss"):
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    if re.search(r"(?:s|x|z|ch|sh|o)es$", verb):
        return (
            verb[:-1]
            if verb in ("loses", "uses", "closes", "chooses", "increases", "raises", "purchases", "purposes")
            else verb[:-2]
        )
    return verb[:-1]


def _turned(text: str) -> str:
    """Their words: I and we become you, you becomes we."""
    swap = {
        "i": "you", "we": "you", "me": "you", "us": "you", "my": "your", "our": "your", "mine": "yours", "ours": "yours", "you": "we",
        "your": "our", "yours": "ours", "am": "are", "i'm": "you're", "i’m": "you’re", "myself": "yourself", "ourselves": "yourselves",
    }  # fmt: skip

    def one(found: re.Match[str]) -> str:
        word = found.group()
        return swap.get(word.casefold(), word)

    # "let you know" becomes "let us know", and their own "us" behind a verb becomes "you": the first is set aside meanwhile
    apart = re.sub(rf"\b({_TAKES}) you\b", "\\1 \ue000", text, flags=re.IGNORECASE)
    said = re.sub(
        r"\b(?:I[’']m|I|we|me|us|my|our|mine|ours|you|your|yours|am|myself|ourselves)\b",
        one,
        apart,
        flags=re.IGNORECASE,
    )
    return said.replace("\ue000", "us")


def told(clause: str) -> str:
    """The clause without "said that" at its beginning, with a small first letter where it is "you"."""
    bare = _TOLD.sub("", clause.strip().rstrip(".")).strip()
    return (
        bare[:1].lower() + bare[1:]
        if re.match(r"(?:You|Your|We|Our|The|A|An|In|At|On|For|It|There|This|That)\b", bare)
        else bare
    )

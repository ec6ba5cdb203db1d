"""What whoever uses a template fills in, held to the type of each variable. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from remit.domains.library.model import Template, Variable
from remit.evidence.facts import plain_line
from remit.evidence.lexicon import OFFERS
from remit.kit.dates import DateUnreadable, in_words, parse_date

_MOST_WORDS: Final = 5
_NAME_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-.&][^\W\d_]+)*|&")
_SHORTENED: Final = re.compile(r"(?:[^\W\d_]|dr|mr|mrs|ms|st|jr|sr|inc|ltd|corp|co|llc|plc)\.", re.IGNORECASE)
_PARTICLES: Final = frozenset(
    [
        "de",
        "da",
        "di",
        "del",
        "della",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "dos",
        "das",
        "du",
        "zu",
        "af",
        "of",
        "the",
    ]
)
_NO_NAME: Final = re.compile(
    r"\b(half|free(?:ly|bies?)?|off|nothing|zero|no|not|never|without|guarant\w*|promis\w*|cheap\w*|percent\w*|offer\w*|sav(?:e|es|ings?))\b",
    re.IGNORECASE,
)  # what makes a promise of a name, in capitals too
_NUMBER: Final = re.compile(r"[+-]?\d{1,3}(?:[, ]?\d{3})*(?:\.\d+)?%?")


class CannotRender(Exception):
    """A template gives no text here; the message says why and what would mend it."""

    def __init__(self, code: str, message: str, missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.missing = code, message, tuple(missing)


def given_values(
    template: Template, values: Mapping[str, str], *, month_first: bool = False
) -> dict[str, str]:
    """The values as the plan says them, days as their reader writes them. Raises CannotRender (value_missing, value_unfit) naming the variable."""
    known = {one.name: one for one in template.variables}
    if unknown := sorted(set(values) - set(known)):
        raise CannotRender(
            "value_unfit", f"The template has no variable {unknown[0]}; it has {', '.join(known) or 'none'}."
        )
    found = {}
    for name, variable in known.items():
        text = plain_line(values.get(name, ""))
        if not text and variable.required:
            raise CannotRender(
                "value_missing", f"Fill in “{variable.label}” ({name}, a {variable.type}).", [name]
            )
        if text:
            found[name] = _value(variable, text, month_first)
        if text and variable.type == "name" and not _on_record(template, name) and (why := why_no_name(text)):
            raise CannotRender("value_unfit", f"“{variable.label}” is a name alone: {why}.")
    return found


def why_no_name(text: str) -> str:
    """Why `text` is not the name of a person, a firm or a product and nothing more; "" when it is. Nobody proves a name, so it says nothing else."""
    words = text.split()
    if len(words) > _MOST_WORDS:
        return f"{_MOST_WORDS} words at most"
    for word in words:
        if not (_NAME_WORD.fullmatch(word) or _SHORTENED.fullmatch(word)):
            return f"{word[:30]!r} is not written in letters"
        if word.islower() and word not in _PARTICLES:
            return f"{word[:30]!r} has no capital letter"
    if found := _NO_NAME.search(text) or OFFERS.search(text):
        return f"{found.group()!r} says more than a name"
    return ""


def _on_record(template: Template, name: str) -> bool:
    """Whether the text comes about only where a live fact has this value as its subject, letter by letter."""
    return any(slot.subject_of == name and slot.least > 0 for slot in template.facts)


def _value(variable: Variable, text: str, month_first: bool) -> str:
    if len(text) > variable.most:
        raise CannotRender("value_unfit", f"“{variable.label}” may have {variable.most} characters at most.")
    if variable.type == "choice" and text not in variable.choices:
        raise CannotRender("value_unfit", f"“{variable.label}” is one of {', '.join(variable.choices)}.")
    if variable.type == "number" and not _NUMBER.fullmatch(text):
        raise CannotRender("value_unfit", f"“{variable.label}” is a number; {text[:20]!r} is none.")
    if variable.type == "date":
        try:
            day = parse_date(text)
        except DateUnreadable as error:
            raise CannotRender("value_unfit", f"“{variable.label}”: {error}.") from None
        return in_words(day, month_first=month_first)
    if variable.type == "name" and (re.search(r"[_{}<>@/\\]", text) or not re.match(r"\w", text)):
        raise CannotRender("value_unfit", f"“{variable.label}” is a name: letters, blanks and hyphens.")
    return text

"""What whoever uses a template fills in, held to the type of each variable. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from remit.domains.library.model import Template, Variable
from remit.evidence.facts import plain_line
from remit.kit.dates import DateUnreadable, parse_date

_NUMBER: Final = re.compile(r"[+-]?\d{1,3}(?:[, ]?\d{3})*(?:\.\d+)?%?")


class CannotRender(Exception):
    """A template gives no text here; the message says why and what would mend it."""

    def __init__(self, code: str, message: str, missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.missing = code, message, tuple(missing)


def given_values(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The values as the plan says them. Raises CannotRender (value_missing, value_unfit) naming the variable."""
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
            found[name] = _value(variable, text)
    return found


def _value(variable: Variable, text: str) -> str:
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
        return f"{day.day} {day:%B} {day.year}"
    if variable.type == "name" and (re.search(r"[_{}<>@/\\]", text) or not re.match(r"\w", text)):
        raise CannotRender(
            "value_unfit", f"“{variable.label}” is a name: letters, digits, blanks and hyphens."
        )
    return text

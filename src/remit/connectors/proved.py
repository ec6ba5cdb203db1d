"""What any identity provider's answer comes down to, once it was checked: who, which address, which groups. Outside text, bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from remit.kit.text import unsafe

MOST_GROUPS: Final = 500
LONGEST_GROUP: Final = 200
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Proved:
    """Who signed in at the provider. `subject` with `issuer` is the only name that is theirs for good.

    `email` is "" unless the provider vouches for it. Where it says nothing about groups there are none: who is taken out
    of the last one is not left what it gave. `hint`: what the provider wants to see again when somebody signs out.
    """

    issuer: str
    subject: str
    email: str
    name: str
    groups: tuple[str, ...]
    sid: str
    hint: str = field(repr=False)


def groups(value: Any) -> tuple[str, ...] | None:
    """The groups, sorted; None when they cannot be taken whole. Never a part of them: a group that is left out could be
    the one that takes a role away."""
    if value is None:
        return ()
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or len(several) > MOST_GROUPS:
        return None
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_GROUP and not unsafe(one) for one in several):
        return None
    return tuple(sorted(set(several)))


def short_name(text: str) -> str:
    """A name as it is shown: one line, bounded."""
    return " ".join(text.split())[:LONGEST_NAME]

"""For whom a template is: held against the reader's job, their firm's segment, and the law of their country. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Row

from remit.actions import Check
from remit.domains.library.model import PERSONAS, SEGMENTS
from remit.evidence.conduct_regimes import jurisdiction_of

# a job may be several: who runs operations is asked as COO and about operations
_JOBS: Final = (
    (r"\b(coo|chief operating officer)\b", ("coo", "operations")),
    (r"\b(cio|chief investment officer)\b", ("cio", "portfolio")),
    (r"\b(cto|chief (technology|information|data) officer|technolog\w+|engineer\w*|developer|architect|infrastructure|it)\b", ("cto",)),
    (r"\b(cro|chief risk officer|risk)\b", ("risk",)),
    (r"\b(operat\w+|middle office|back office|settlement\w*|controller|cfo|financ\w+|treasur\w*)\b", ("operations",)),
    (r"\b(trad\w+|execution|dealer|dealing)\b", ("trading",)),
    (r"\b(portfolio|pm|investment\w*|analyst|research|strategist)\b", ("portfolio",)),
    (r"\b(ceo|chief executive|founder|partner|managing|president|principal|owner|procurement)\b", ("executive",)),
)  # fmt: skip
_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "technology": ("cto",),
    **{name: (name,) for name in PERSONAS if name != "any"},
}
"""What a CRM may say of a person's role, as personas: our own words, and the writer's for whoever runs technology."""
PROP: Final = "prop_firm"


class Aimed(Protocol):
    """What says for whom a template is: a version."""

    @property
    def key(self) -> str: ...
    @property
    def personas(self) -> Sequence[str]: ...
    @property
    def segments(self) -> Sequence[str]: ...
    @property
    def jurisdictions(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Aim:
    """For whom a text that is not stored yet is."""

    key: str
    personas: Sequence[str]
    segments: Sequence[str]
    jurisdictions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Who:
    """A reader: personas their title or role names (none: it names none), segment and jurisdiction ("" : not known or another)."""

    name: str
    title: str
    personas: frozenset[str]
    segment: str
    jurisdiction: str
    country: str


def who_of(row: Row[Any], name: str) -> Who:
    """The reader in a row with title, persona, segment, country, account_country and jurisdiction."""
    title, said = (str(getattr(row, part) or "") for part in ("title", "persona"))
    segment = str(row.segment or "")
    country = next(
        (str(one) for part in ("country", "account_country", "jurisdiction") if (one := getattr(row, part))),
        "",
    )
    return Who(
        name,
        title,
        personas_of(title, said, segment),
        segment if segment in SEGMENTS else "",
        jurisdiction_of(country),
        country,
    )


def personas_of(title: str, said: str = "", segment: str = "") -> frozenset[str]:
    """The personas that a title names; where it names none, those of what a CRM says of the role. Whoever trades at a prop firm runs its desk, too."""
    folded = title.casefold().replace("_", " ")
    found = {one for pattern, names in _JOBS if re.search(pattern, folded) for one in names}
    if re.search(
        r"\bchief (operating|investment) officer\b", folded
    ):  # "investment" and "operating" are one job there
        found -= {"trading"}
    found |= set() if found else set(_SAID.get(said.casefold().strip(), ()))
    return frozenset(found | ({"prop_desk"} if "trading" in found and segment == PROP else set()))


def check_fits(aimed: Aimed, who: Who) -> list[Check]:
    """Whether the template may be used for this reader. What cannot be told is no yes, unless the template is for anybody."""
    return [
        _check("persona", aimed, aimed.personas, who.personas, f"{who.name} is {who.title}" if who.title else f"{who.name} has no title on record", PERSONAS),
        _check("segment", aimed, aimed.segments, {who.segment}, f"the firm of {who.name} is {SEGMENTS.get(who.segment, 'of no segment on record')}", SEGMENTS),
        _check("jurisdiction", aimed, aimed.jurisdictions, {who.jurisdiction}, f"{who.name} is in {who.country or 'no country on record'}", {}),
    ]  # fmt: skip


def meant_for(aimed: Aimed) -> str:
    """Whom it is for, as one reads it: "CIO or portfolio manager, macro, in UK"; "anybody" where nothing is asked."""
    parts = [
        " or ".join(names.get(one, one) for one in wanted if one != "any")
        for wanted, names in ((aimed.personas, PERSONAS), (aimed.segments, SEGMENTS))
    ]
    where = " or ".join(one for one in aimed.jurisdictions if one != "any")
    return ", ".join(one for one in (*parts, f"in {where}" if where else "") if one) or "anybody"


def fits(aimed: Aimed, who: Who) -> bool:
    """Whether all of `check_fits` passes."""
    return all(check.passed for check in check_fits(aimed, who))


def _check(
    what: str, aimed: Aimed, wanted: Sequence[str], there: Iterable[str], told: str, names: Mapping[str, str]
) -> Check:
    meant = " or ".join(names.get(one, one) for one in wanted if one != "any")
    return Check.that(
        f"template-{what}", "any" in wanted or bool(set(wanted) & set(there)),
        f"{aimed.key} is for {meant}; {told}. Use a template for them, or correct what is on record.",
        f"{aimed.key} is for {meant or 'anybody'}.",
    )  # fmt: skip

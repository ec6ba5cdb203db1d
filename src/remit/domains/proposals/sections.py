"""The sections of a proposal: approved templates of the library filled from facts, and what a person made of them, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from remit.db.sessions import ReadSession
from remit.domains.library import queries as library
from remit.domains.library.entered import CannotRender
from remit.domains.library.model import Template
from remit.domains.library.queries import Version
from remit.domains.library.rendering import Rendered, render
from remit.domains.library.rendering import Said as LibraryLine
from remit.domains.library.using import load_prices
from remit.domains.outreach.material import Material
from remit.domains.proposals.model import Said, Section
from remit.domains.proposals.pricing import Quoted
from remit.domains.proposals.terms import Terms
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.support import Sentence, check_text
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

_HELD = frozenset({"supported", "not_a_claim"})
_TITLE = re.compile(r"^proposal,? (section \d+,? )?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """What the library gives today: sections in the order of their titles, and what was left out and why."""

    sections: tuple[Section, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Leads:
    """Who leads the work, at the account and on our side, by name; "" for nobody."""

    lead: str = ""
    ours: str = ""


def write(s: ReadSession, material: Material, terms: Terms, quoted: Quoted, leads: Leads) -> Written:
    """Every live template of a proposal section, filled. The same records give the same text."""
    priced = load_prices(s)
    # what another product of ours does is no part of this offer
    others = {one.subject for one in priced} - set(quoted.products)
    facts = [
        one for one in (*material.facts, *priced) if one.account_id is not None or one.subject not in others
    ]
    made, left_out = [], []
    for version in library.load_live(s, "proposal", "document"):
        title = _TITLE.sub("", version.title)
        title = title[:1].upper() + title[1:]
        values = _values(version.template, terms, quoted, leads)
        rounds = [values | {"product": name} for name in quoted.products] if "product" in values else [values]
        try:
            done = [_rendered(version, facts, material, one) for one in rounds]
        except CannotRender as error:
            left_out.append((title, error.message))
            continue
        made.append(Section(version.key, title, str(version.id), tuple(_joined(done))))
    return Written(tuple(made), tuple(left_out))


@dataclass(frozen=True, slots=True)
class _Form:
    """A template version, told apart by the hash of its text."""

    sha256: str
    template: Template = field(compare=False)


def _rendered(
    version: Version, facts: Sequence[Fact], material: Material, values: Mapping[str, str]
) -> Rendered:
    given = tuple(sorted((name, value) for name, value in values.items() if value))
    form = _Form(version.sha256, version.template)
    return _filled(form, tuple(facts), material.context, material.reader, material.writer, given)


@lru_cache(maxsize=128)
def _filled(
    form: _Form, facts: tuple[Fact, ...], context: Context, reader: Reader, writer: Writer, given: tuple[tuple[str, str], ...]
) -> Rendered:  # fmt: skip
    """Filling is pure and takes its time: a proposal is read, held against today and approved with the same facts."""
    return render(form.template, facts, context, reader, writer, dict(given))


def _values(template: Template, terms: Terms, quoted: Quoted, leads: Leads) -> dict[str, str]:
    """What the parameters give for the variables that the template has; empty where they give nothing."""
    known = {
        "product": quoted.products[0], "users": str(terms.users or quoted.seats or ""), "sites": str(terms.sites or ""),
        "valid": terms.expires_on.isoformat(), "start": terms.starts_on.isoformat() if terms.starts_on else "",
        "live": terms.live_on.isoformat() if terms.live_on else "", "lead": leads.lead, "ours": leads.ours,
    }  # fmt: skip
    return {one.name: known.get(one.name, "") for one in template.variables}


def _joined(done: Sequence[Rendered]) -> Iterator[Said]:
    """The lines of one section for all products: its title once, then what is said of each, then what is said alike of all."""
    rounds = [list(_parts([_of(one) for one in rendered.said])) for rendered in done]
    alike = [part for part in rounds[0] if len(rounds) > 1 and all(part in other for other in rounds[1:])]
    titled: set[str] = set()
    for parts in rounds:
        for part in parts:
            if part not in alike:
                yield from (one for one in part if not (one.text.startswith("## ") and one.text in titled))
                titled |= {one.text for one in part if one.text.startswith("## ")}
    yield from (one for part in alike for one in part)


def _of(one: LibraryLine) -> Said:
    return Said(one.text, one.standing, one.reason, tuple(map(str, one.fact_ids)))


def _parts(lines: Sequence[Said]) -> Iterator[list[Said]]:
    """Lines by heading: each heading with what stands under it."""
    part: list[Said] = []
    for one in lines:
        if one.text.startswith("#") and part:
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def held(body: str, section: Section, written: Written, material: Material) -> Section:
    """The section with `body` as its text: a line that the library gives stands as it does there, any other is checked by itself."""
    ours = next((each for each in written.sections if each.key == section.key), None)
    known = {one.text: one for one in ours.said} if ours else {}
    lines = tuple(_line(text, known, material) for text in map(str.strip, body.splitlines()) if text)
    made = Section(section.key, section.title, section.version_id, lines, edited=True)
    return replace(made, edited=ours is None or made.body != ours.body)


def _line(text: str, known: Mapping[str, Said], material: Material) -> Said:
    if text in known:
        return known[text]
    # an offer has no small talk: "Please pay half of each invoice" is a request, and gives half away
    found = check_text(bare(text), material.facts, material.context, all_claims=True)
    bad = [one for one in found if one.support.state not in _HELD]
    if bad:
        return Said(text, "none", bad[0].support.reason)
    ids = tuple(dict.fromkeys(str(each) for one in found for each in one.support.fact_ids))
    return Said(text, "fact" if ids else "plain", _reason(found), ids)


def _reason(found: Sequence[Sentence]) -> str:
    return found[0].support.reason if found else "It says nothing."


def bare(text: str) -> str:
    """A line without the marks of its layout."""
    return re.sub(r"^(#{1,6}|[-*•>]|\d+[.)])\s+", "", text)

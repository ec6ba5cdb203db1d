"""A proposal looked at again as of today: what each line stands on now, prices, dates, names, the rules of conduct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from remit.actions import Check, Refused
from remit.db.sessions import ReadSession, read
from remit.domains.outreach.conduct import check_wording
from remit.domains.proposals import building, named, pricing, rules
from remit.domains.proposals.model import Section
from remit.domains.proposals.records import Proposal
from remit.domains.proposals.sections import bare, held
from remit.evidence.claims import split
from remit.evidence.support import Sentence, Support, check_text
from remit.scope import Scope

_SUPPORT: Final = {
    has: Support("supported" if has else "not_a_claim", "Told by its line.") for has in (True, False)
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A proposal held against today's records: its sections with what each line stands on now, and the checks."""

    sections: tuple[Section, ...]
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is to be mended."""
        return all(one.passed for one in self.checks)


def examine(scope: Scope, proposal: Proposal, now: datetime) -> Examined:
    """As load_examined, in a session of its own."""
    with read(scope) as s:
        return load_examined(s, proposal, now)


def load_examined(s: ReadSession, proposal: Proposal, now: datetime) -> Examined:
    """The stored text against the facts, templates, prices and rules of conduct as they are at `now`."""
    prices = rules.check_prices(pricing.superseded(s, proposal.document.lines, now.date()))
    document = proposal.document
    try:
        desk = building.set_out(
            s, proposal.opportunity_id, proposal.contact_id, proposal.author_id, proposal.terms, now
        )
    except Refused as refused:  # a price or the reader is gone: told as a check, so that the page still opens
        return Examined(document.sections, (prices, Check("proposal-stands", False, refused.message)))
    again = tuple(held(one.body, one, desk.written, desk.material) for one in document.sections)
    now_said = replace(document, sections=again)
    checks = [
        *rules.check_said(now_said),
        rules.check_title(document.title, building.usual_title(desk), desk.material),
        prices,
        rules.check_dates(proposal.expires_on, now.date()),
        building.check_named(s, proposal.account_id, proposal.terms),
        *_conduct(s, document.title, again, desk, now),
        *named.check_first_page(s, document, _country(desk), now),
        Check.that(
            "deal-open", desk.deal.closed_at is None, "The deal is closed; a proposal needs an open one.", "The deal is open.",
        ),
    ]  # fmt: skip
    return Examined(again, tuple(checks))


def _conduct(
    s: ReadSession, title: str, sections: Sequence[Section], desk: building.Desk, now: datetime
) -> list[Check]:
    """The rules of conduct on the wording of title and sections, as for every text that goes to a buyer."""
    sentences = [
        Sentence(text[start:end], start, end, "claim", _SUPPORT[bool(one.fact_ids)])
        for section in sections
        for one in section.said
        for text in (bare(one.text),)
        for start, end in split(text)
    ]
    heading = check_text(title, desk.material.facts, desk.material.context)
    return check_wording(s, [*heading, *sentences], _country(desk), now)


def _country(desk: building.Desk) -> str:
    row = desk.material.row
    return row.country or row.account_country or row.jurisdiction or ""

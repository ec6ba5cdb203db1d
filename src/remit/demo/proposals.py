"""The demo's proposals: drawn up at open deals, approved by managers, handed over; and how long they took before, on record.

Hidden is how long one truly takes: the median minutes by hand and here, by complexity. Gate S1-G4 has to find the drop.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import remit.domains.proposals.artefacts  # noqa: F401 - what is drawn up counts as made with AI
from remit import identity
from remit.actions import Action, Performed, Refused, Waiting, approve, perform
from remit.db.sessions import read
from remit.demo.dice import Dice
from remit.demo.firm import Firm
from remit.domains.productivity.actions import Timed
from remit.domains.productivity.baselines import RecordBaseline
from remit.domains.proposals import queries
from remit.domains.proposals.actions import DraftProposal
from remit.domains.proposals.approving import ApproveDiscount, ApproveProposal, IssueProposal
from remit.domains.proposals.leaving import file_to_leave
from remit.domains.proposals.records import Proposal
from remit.domains.proposals.terms import Asked, Terms
from remit.kit import clock
from remit.scope import Scope

MOST: Final = 18
BY_HAND: Final = {"simple": 95.0, "standard": 150.0, "complex": 240.0}
HERE: Final = {"simple": 27.0, "standard": 41.0, "complex": 66.0}
PIECES: Final = 6
METHOD: Final = "From the request to the file that was sent, by the desk's clock, before there was Remit; interruptions taken out."
# products beside the deal's own, months, discount in hundredths of a percent; the approved ones come first
SHAPES: Final = ((0, 12, 0), (1, 24, 400), (2, 36, 750), (0, 12, 300), (1, 36, 0), (2, 24, 1_000))
LEFT_AS_DRAFTS: Final = 3
_DEALS: Final = """
SELECT o.id, o.owner_id, p.manager_id, o.product_id, a.employees_count FROM remit.opportunities o JOIN remit.accounts a ON a.id = o.account_id
JOIN remit.people p ON p.id = o.owner_id AND p.active JOIN remit.person_roles r ON r.person_id = p.id AND r.role = 'ae'
JOIN remit.person_territories t ON t.person_id = p.manager_id JOIN remit.access_groups g ON g.id = o.access_id AND g.barrier_id IS NULL
    AND g.territory_id = t.territory_id
WHERE o.closed_at IS NULL AND o.stage IN ('proposal', 'negotiation') AND o.contact_id IS NOT NULL AND o.product_id IS NOT NULL
  AND EXISTS (SELECT FROM remit.facts f WHERE f.account_id = a.id AND f.kind = 'need' AND f.state = 'live')
ORDER BY o.external_id LIMIT :limit
"""


def truth() -> dict[str, Any]:
    """The medians behind what gate S1-G4 measures."""
    drops = {key: round(1 - HERE[key] / BY_HAND[key], 3) for key in HERE}
    return {"by_hand_minutes": BY_HAND, "here_minutes": HERE, "true_drop": drops}


def draw_up(firm: Firm) -> int:
    """The baseline and up to MOST proposals, each once; returns how many there are. Fewer where fewer deals are far enough."""
    _baseline(firm)
    with read(identity.for_service("first-start", via="demo")) as s:
        deals = s.rows(_DEALS, {"limit": MOST})
    made = [found for number, deal in enumerate(deals) if (found := _one(firm, number, deal)) is not None]
    for proposal, manager in made[: max(0, len(made) - LEFT_AS_DRAFTS)]:
        _approved(proposal, manager)
        _handed_over(proposal)
    for proposal, _ in made[-LEFT_AS_DRAFTS:][:2]:  # two wait for somebody
        _ask(proposal)
    return len(made)


def _baseline(firm: Firm) -> None:
    dice = Dice(firm.seed, "proposals", "baseline")
    rep = next(one for one in firm.people if one.role == "ae" and one.manager_id)
    times = tuple(
        Timed(
            side="before", minutes=max(5.0, round(dice.lognormal(median, 0.16))), observed_on=firm.as_of - timedelta(days=200 + 3 * place),
            stratum=key,
        )
        for key, median in BY_HAND.items()
        for place in range(PIECES)
    )  # fmt: skip
    action = RecordBaseline(motion="proposal", method=METHOD, observations=times)
    _agreed(_scope(rep.id), _scope(rep.manager_id), action, "demo-baseline:proposal")


def _one(firm: Firm, number: int, deal: Any) -> tuple[Proposal, Scope] | None:
    """A proposal as the deal's owner draws it up; None where the records do not give one."""
    dice = Dice(firm.seed, "proposals", number)
    others, months, discount = SHAPES[number % len(SHAPES)]
    more = [UUID(one.id) for one in firm.products if UUID(one.id) != deal.product_id]
    seats = max(3, (deal.employees_count or 20) // 4)
    asked = [deal.product_id, *dice.some(more, others)]
    by_seat = {UUID(one.product_id) for one in firm.prices if one.unit.startswith("user")}
    terms = Terms(
        lines=tuple(Asked(product_id=one, quantity=Decimal(seats if one in by_seat else 1)) for one in asked), term_months=months,
        discount_bp=discount, expires_on=clock.today() + timedelta(days=dice.between(20, 60)), sites=1,
    )  # fmt: skip
    minutes = round(dice.lognormal(HERE[terms.complexity], 0.2))
    owner = _scope(deal.owner_id)
    action = DraftProposal(
        opportunity_id=deal.id, terms=terms, opened_at=clock.now() - timedelta(minutes=minutes)
    )
    key = f"demo-proposal:{number}"
    try:
        done = perform(owner, action, key=key)
    except Refused as refused:
        if refused.code == "key_reused":  # a load that was cut off: it was drawn up before
            return None
        raise
    if not isinstance(done, Performed):
        return None
    return queries.get_proposal(owner, UUID(str(done.result["proposal_id"]))), _scope(deal.manager_id)


def _approved(proposal: Proposal, manager: Scope) -> None:
    """The discount by whoever may give it, then the manager's yes."""
    if proposal.discount_bp:
        given = ApproveDiscount(proposal_id=proposal.id, terms_sha256=proposal.terms_sha256)
        perform(manager, given, key=f"demo-proposal:{proposal.number}:discount")
    found = queries.get_proposal(manager, proposal.id)
    if found.state != "draft":
        return
    yes = ApproveProposal(proposal_id=found.id, expected_version=found.version, sha256=found.sha256)
    try:
        perform(manager, yes, key=f"demo-proposal:{proposal.number}:approve")
    except (
        Refused
    ) as refused:  # a text that the rules of today would stop stays a draft, as it would in a firm
        if refused.code != "check_failed":
            raise


def _handed_over(proposal: Proposal) -> None:
    """Its author takes the file to the buyer, where it was approved."""
    author = _scope(proposal.author_id)
    found = queries.get_proposal(author, proposal.id)
    if found.state != "approved":
        return
    file = file_to_leave(author, found, "pdf", clock.today())
    action = IssueProposal(proposal_id=found.id, sha256=found.sha256, format="pdf", file_sha256=file.sha256)
    try:
        perform(author, action, key=f"demo-proposal:{proposal.number}:issue")
    except Refused as refused:  # whoever asked not to be contacted gets no file: it stays approved
        if refused.code != "check_failed":
            raise


def _ask(proposal: Proposal) -> None:
    author = _scope(proposal.author_id)
    action: Action
    if proposal.discount_bp > 500:
        action = ApproveDiscount(proposal_id=proposal.id, terms_sha256=proposal.terms_sha256)
    elif proposal.discount_bp == 0:
        action = ApproveProposal(
            proposal_id=proposal.id, expected_version=proposal.version, sha256=proposal.sha256
        )
    else:
        return
    perform(author, action, key=f"demo-proposal:{proposal.number}:ask")


def _agreed(maker: Scope, checker: Scope, action: Action, key: str) -> None:
    answer = perform(maker, action, key=key)
    if isinstance(answer, Waiting):
        approve(checker, answer.suggestion_id, answer.payload_hash)


def _scope(person_id: UUID | str | None) -> Scope:
    return identity.for_person(UUID(str(person_id)), via="demo")

"""The demo firm's supervision: profiles of its entities, categories approved by compliance (one not yet, one about to end), all through the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from remit import identity
from remit.actions import Action, Performed, Refused, RejectSuggestion, Waiting, approve, perform, seeded
from remit.db.sessions import read
from remit.demo.firm import Firm
from remit.domains.supervision import categories, queries, rules
from remit.domains.supervision.approving import ApproveCategory
from remit.domains.supervision.profiles import SetRuleProfile
from remit.domains.supervision.remedies import CompleteRemediation, OpenRemediation, VerifyRemediation
from remit.domains.supervision.reviewing import OWN_RULE, Found, ReviewItem
from remit.domains.supervision.rules import CATEGORIES
from remit.domains.supervision.sampling import DrawSamples
from remit.domains.supervision.seeding import SeedDrafts
from remit.evidence import conduct_regimes
from remit.kit import clock
from remit.scope import Scope

ENTITIES: Final = (
    ("Northlake Clearing LLC", "US", "us_broker_dealer", 0.05, False),
    ("Northlake Systems Ltd", "UK", "uk_firm", 0.08, True),
    ("Northlake Systems SA", "EU", "eu_firm", 0.05, False),
)
"""Entity, where its readers are, regime, share of messages drawn for review, whether a category takes two people."""
NOT_YET: Final = ("security",)
DAYS: Final = {"offer": 12}
USUAL_DAYS: Final = 180


READS: Final = (15, 15)
SKIMS: Final = (10, 14)
FEW: Final = (3, 4)
"""Seeded drafts caught, and put, for one AE who reads, one who skims (and so may not approve), one of whom it is too early to say."""
FOUND: Final = (
    Found(
        severity="medium", rule_id=OWN_RULE, quote="I have asked two customers with your strategy",
        note="Nothing on record says that they may be named.",
    ),
    Found(severity="low", rule_id=OWN_RULE, quote="The order form with quarterly payment is attached", note="Payment by quarter was not agreed by the deal desk."),
    Found(severity="low", rule_id=OWN_RULE, quote="I have split the price by fund as you asked", note="A price goes out with a quote, not in a letter."),
)  # fmt: skip
_SEEDED: Final = """
SELECT g.id, encode(g.payload_hash, 'hex') AS payload_hash, z.quote FROM remit.seeded_drafts z JOIN remit.suggestions g ON g.id = z.suggestion_id
WHERE coalesce(g.on_behalf_of, g.proposed_by) = :person AND z.answered_at IS NULL ORDER BY g.id
"""


def expected() -> dict[str, Any]:
    """What gate S1-G3 has to find: every category that ships is in use, those in NOT_YET nobody has approved."""
    share = (len(CATEGORIES) - len(NOT_YET)) / len(CATEGORIES)
    return {"value": share, "n": len(CATEGORIES), "state": "not_met", "not_approved": list(NOT_YET)}


def set_up(firm: Firm) -> None:
    """Set the profiles and approve the categories, each once. Raises Refused."""
    asks, agrees = (_scope(firm, role) for role in ("compliance", "governance"))
    known = conduct_regimes.current()
    for entity, place, regime, rate, two in ENTITIES:
        of = known[regime]
        action = SetRuleProfile(
            entity=entity, jurisdiction=place, regimes=(regime,), approval_of=of.approval_of, two_people=two,
            disclosures=tuple(text.replace("{entity}", entity) for text in (of.disclosure,) if text), sample_rate=rate,
            retention_years=of.retention_years,
        )  # fmt: skip
        _agreed(asks, agrees, action, f"demo-profile:{place}")
    standing = categories.get_standing(asks, clock.today())
    for one in standing.in_use:
        if one.key not in NOT_YET and one.approval is None:
            ends = firm.as_of + timedelta(days=DAYS.get(one.key, USUAL_DAYS))
            approval = ApproveCategory(
                category=one.key, rules_sha256=standing.rules_sha256, version_ids=tuple(one.live_ids), expires_on=ends,
                note="Read with the library's first edition",
            )  # fmt: skip
            _agreed(asks, agrees, approval, f"demo-category:{one.key}")


def work(firm: Firm) -> None:
    """A fortnight of supervision, once: messages drawn and reviewed, findings, one mended; seeded drafts answered by whoever reads and whoever does not."""
    system = identity.for_service("supervising", via="demo")
    perform(system, DrawSamples())
    cora = _scope(firm, "compliance")
    if queries.list_done(cora, size=1).rows:
        return
    reads, skims, few = (UUID(firm.reps["ae", place][nth].id) for place, nth in ((0, 0), (1, -1), (2, 0)))
    overseers = [UUID(one.id) for one in firm.people if one.role == "compliance"]
    perform(system, SeedDrafts(most=READS[1], only=(reads,)))
    perform(system, SeedDrafts(most=SKIMS[1], only=(skims,)))
    perform(system, SeedDrafts(most=FEW[1], only=(few, *overseers)))
    for person, (caught, _) in ((reads, READS), (skims, SKIMS), (few, FEW)):
        _answer(system, person, caught)
    _review(system, cora)
    _mend(firm, cora)


def _answer(system: Scope, person: UUID, caught: int) -> None:
    """The person rejects the first so many of what was seeded for them, and approves the rest unread."""
    scope = identity.for_person(person, via="demo")
    with read(system) as s:
        rows = s.rows(_SEEDED, {"person": person})
    for number, row in enumerate(rows):
        if number < caught:
            reason = f"“{row.quote}” is nothing we can say"
            perform(scope, RejectSuggestion(suggestion_id=row.id, reason=reason))
        else:
            try:
                approve(scope, row.id, row.payload_hash)
            except Refused as refused:
                if refused.code != seeded.CODE:
                    raise


def _review(system: Scope, cora: Scope) -> None:
    """Most of what waits is read: what is wrong is found, one seeded draft is not; the rest waits."""
    with read(system) as s:
        quotes = {row.item_id: row.quote for row in s.rows("SELECT item_id, quote FROM remit.seeded_drafts WHERE item_id IS NOT NULL")}  # fmt: skip
    items = queries.list_open(cora, size=60).rows
    missed = next((one.id for one in items if one.id in quotes), None)
    for number, item in enumerate(items):
        if number % 3 == 2 and item.id not in quotes:
            continue
        found: tuple[Found, ...] = ()
        if item.id in quotes and item.id != missed:
            found = (Found(severity="high", rule_id=OWN_RULE, quote=quotes[item.id]),)
        elif item.id not in quotes:
            found = tuple(one for one in FOUND if not rules.quotes_outside(item.body, [one.quote]))
        act = ReviewItem(
            item_id=item.id, expected_version=item.version, findings=found, seconds=35 + 11 * (number % 7)
        )
        perform(cora, act)


def _mend(firm: Firm, cora: Scope) -> None:
    """The first two findings are given to the account's owner; one is done and verified, the other waits."""
    other = next((UUID(one.id) for one in firm.people if one.role == "compliance" and UUID(one.id) != cora.person_id), None)  # fmt: skip
    for number, finding in enumerate(queries.list_findings(cora)[:2]):
        owner = finding.person_id or cora.person_id
        task = "Ask the customers whether they may be named, and say so in the thread"
        act = OpenRemediation(finding_id=finding.id, owner_id=owner, task=task, due_on=firm.as_of + timedelta(days=10))  # fmt: skip
        try:
            done = perform(cora, act)
        except Refused:
            continue  # whoever wrote it has left, or no longer sees the account
        if number == 0 and isinstance(done, Performed) and other is not None:
            remedy = UUID(str(done.result["remediation_id"]))
            perform(identity.for_person(owner, via="demo"), CompleteRemediation(remediation_id=remedy, expected_version=1, note="Both agreed by e-mail"))  # fmt: skip
            perform(identity.for_person(other, via="demo"), VerifyRemediation(remediation_id=remedy, expected_version=2, accepted=True))  # fmt: skip


def _scope(firm: Firm, role: str) -> Scope:
    return identity.for_person(UUID(next(one.id for one in firm.people if one.role == role)), via="demo")


def _agreed(asks: Scope, agrees: Scope, action: Action, key: str) -> None:
    answer = perform(asks, action, key=key)
    if isinstance(answer, Waiting):
        approve(agrees, answer.suggestion_id, answer.payload_hash)
    elif isinstance(action, SetRuleProfile) and not answer.repeated:
        raise Refused("A rule profile was set by one person alone; policy should ask for two.")

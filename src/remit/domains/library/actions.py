"""Verbs on versions: submit, review, approve, return, expire. Maker, reviewer and compliance are not one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.facts.queries import load_own_facts
from remit.domains.library import fixtures, queries, rules, texts
from remit.domains.library.model import SEQUENCE
from remit.domains.library.plan import fits
from remit.evidence.facts import KINDS, usable
from remit.kit import clock

MOST_AT_ONCE: Final = 200
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Named(Action):
    """Versions, each as it was looked at."""

    version_ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    expected_versions: tuple[int, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class SubmitTemplates(Named):
    """Ask a colleague for review; the templates' own tests have to pass."""

    event: ClassVar[str] = "template:submit"


class ReviewTemplates(Named):
    """A colleague has read them and passes them on to compliance."""

    event: ClassVar[str] = "template:review"


class ApproveTemplates(Named):
    """Compliance approves them: they are live, and the versions before them superseded."""

    event: ClassVar[str] = "template:approve"


class ReturnTemplates(Named):
    """Give them back to their maker, with the reason."""

    event: ClassVar[str] = "template:return"
    reason: Reason


class ExpireTemplates(Named):
    """Take live templates out of use at once."""

    event: ClassVar[str] = "template:expire"
    reason: Reason


class ExpireDueTemplates(Action):
    """Take out of use what is past its review date, rests on facts that fell, or is answered less than it used to be."""

    event: ClassVar[str] = "template:expire:due"


def _library(session: ReadSession, action: ExpireDueTemplates) -> Target:
    return Target("template", title="the library")


def _versions(session: ReadSession, action: Named) -> Target:
    if len(set(action.version_ids)) != len(action.version_ids) or len(action.version_ids) != len(
        action.expected_versions
    ):
        raise Refused("Name each version once, with the state in which you saw it.", code="versions_unclear")
    found = [queries.load_version(session, one) for one in action.version_ids]
    title = found[0].title if len(found) == 1 else f"{len(found)} templates"
    return Target(
        "template",
        found[0].id if len(found) == 1 else None,
        title=title,
        subjects=tuple({one.made_by for one in found}),
    )


def _tested(session: ReadSession, action: Named, _target: Target) -> Sequence[Check]:
    """Its tests pass, there are some, its review date is still to come; a sequence's texts are there, or live where it is approved."""
    found = []
    versions = [queries.load_version(session, one) for one in action.version_ids]
    for version in versions:
        outcomes = fixtures.outcomes(version.source, clock.today())
        bad = [one for one in outcomes if not one.passed]
        found += [
            Check.that(
                "template-tests", bool(outcomes) and not bad,
                f"{version.key}: it has no test yet; add one under '## Tests'." if not outcomes
                else f"{version.key}: the test “{bad[0].name}” fails: {bad[0].why}." if bad else "",
                f"{version.key}: {len(outcomes)} tests pass.",
            ),
            Check.that(
                "template-review-date", version.review_by_on > clock.today(),
                f"{version.key}: its review date {version.review_by_on} has passed; set a later one.", f"{version.key}: review by {version.review_by_on}.",
            ),
        ]  # fmt: skip
        if version.channel == SEQUENCE:
            beside = [one.key for one in versions if one.channel != SEQUENCE]
            found.append(
                texts.check_texts(
                    session, version.template, live=isinstance(action, ApproveTemplates), beside=beside
                )
            )
    return found


def _not_own(session: ReadSession, action: Named, _target: Target) -> Sequence[Check]:
    """Maker ≠ checker, at review and at approval; and who reviewed does not approve."""
    me = session.scope.person_id
    found = [queries.load_version(session, one) for one in action.version_ids]
    own = [
        one.key for one in found if one.made_by == me or (one.state == "compliance" and one.reviewed_by == me)
    ]
    return [
        Check.that(
            "template-not-own", not own, f"You made or reviewed {', '.join(own[:3])}; somebody else decides on it.",
            "Others made and reviewed it.",
        )
    ]  # fmt: skip


@handler(SubmitTemplates, target=_versions, checks=[_tested])
def submit_templates(tx: WriteSession, action: SubmitTemplates, target: Target) -> Change:
    """They wait for review from here on."""
    return _move(tx, action, "review", ("draft", "returned"), {"submitted_at": tx.now})


@handler(ReviewTemplates, target=_versions, checks=[_not_own])
def review_templates(tx: WriteSession, action: ReviewTemplates, target: Target) -> Change:
    """They wait for compliance from here on."""
    return _move(tx, action, "compliance", ("review",), {"reviewed_by": tx.maker_id, "reviewed_at": tx.now})


@handler(ApproveTemplates, target=_versions, checks=[_not_own, _tested])
def approve_templates(tx: WriteSession, action: ApproveTemplates, target: Target) -> Change:
    """Live: what was live before is superseded, and the registry facts that each could say are pinned."""
    for version_id in action.version_ids:
        tx.execute(
            "UPDATE remit.template_versions SET state = 'superseded', closed_at = :at, version = version + 1"
            " WHERE template_id = (SELECT template_id FROM remit.template_versions WHERE id = :id) AND state = 'live' AND id <> :id",
            {"id": version_id, "at": tx.now},
        )
    change = _move(
        tx, action, "live", ("compliance",), {"approved_by": tx.maker_id, "approved_at": tx.now, "why": ""}
    )
    own = load_own_facts(tx, [name for name, kind in KINDS.items() if kind.ours])
    live = usable(own, None, tx.now.date())
    for version_id in action.version_ids:
        _pin(tx, version_id, live)
        texts.pin_texts(tx, version_id, queries.load_version(tx, version_id).template)
    return change


@handler(ReturnTemplates, target=_versions)
def return_templates(tx: WriteSession, action: ReturnTemplates, target: Target) -> Change:
    """Back to their maker, who reads why."""
    return _move(
        tx,
        action,
        "returned",
        ("review", "compliance"),
        {"why": action.reason, "reviewed_by": None, "reviewed_at": None},
    )


@handler(ExpireTemplates, target=_versions)
def expire_templates(tx: WriteSession, action: ExpireTemplates, target: Target) -> Change:
    """Nobody can render them from here on."""
    return _move(tx, action, "expired", ("live",), {"why": action.reason, "closed_at": tx.now})


@handler(ExpireDueTemplates, target=_library, as_system=True)
def expire_due(tx: WriteSession, action: ExpireDueTemplates, _target: Target) -> Change:
    """What may not be used any more, with why."""
    fallen = due(tx)
    for version_id, why in fallen.items():
        tx.execute(
            "UPDATE remit.template_versions SET state = 'expired', why = :why, closed_at = :at, version = version + 1 WHERE id = :id AND state = 'live'",
            {"id": version_id, "why": why, "at": tx.now},
        )
    told = {str(version_id): why for version_id, why in fallen.items()}
    return Change("template", None, after={"expired": told}, result={"expired": len(fallen)})


def due(s: ReadSession) -> dict[UUID, str]:
    """Live versions that are to expire now, with why: the review date, the registry, or what came of them."""
    today = clock.today()
    live = s.rows("SELECT id, template_id, review_by_on FROM remit.template_versions WHERE state = 'live'")
    pinned = queries.load_pinned(s, [row.id for row in live])
    replies = queries.load_replies(s, today)
    found = texts.fallen(s)
    for row in live:
        why = f"its review date {row.review_by_on} has passed" if row.review_by_on < today else ""
        why = why or rules.why_facts_fell(pinned.get(row.id, ()), today)
        why = why or (rules.why_decayed(replies[row.template_id]) if row.template_id in replies else "")
        if why:
            found[row.id] = why
    return found


def _pin(tx: WriteSession, version_id: UUID, live: Sequence[Any]) -> None:
    template = queries.load_version(tx, version_id).template
    rows = [
        {"version": version_id, "slot": slot.name, "fact": fact.id, "needed": slot.least > 0}
        for slot in template.facts
        if slot.subject_of is None
        for fact in live
        if fits(slot, fact, {}, tx.now.date())
    ]
    if rows:
        tx.execute(
            "INSERT INTO remit.template_facts (version_id, slot, fact_id, needed) VALUES (:version, :slot, :fact, :needed) ON CONFLICT DO NOTHING",
            rows,
        )


_MOVED: Final = (
    "submitted_at",
    "reviewed_by",
    "reviewed_at",
    "approved_by",
    "approved_at",
    "closed_at",
    "why",
)
_MOVE: Final = (
    "UPDATE remit.template_versions SET state = :state, "
    + ", ".join(f"{name} = :{name}" for name in _MOVED)
    + ", version = version + 1 WHERE id = :id AND version = :expected"
)


def _move(
    tx: WriteSession, action: Named, state: str, fits_in: Sequence[str], values: dict[str, Any]
) -> Change:
    moved = []
    for version_id, expected in zip(action.version_ids, action.expected_versions, strict=True):
        before = queries.load_version(tx, version_id)
        if before.version != expected:
            raise Conflict("template", expected=expected, found=before.version)
        if before.state not in fits_in:
            raise Refused(
                f"{before.key} version {before.number} is {rules.STATES[before.state]}: this can be done with one that is"
                f" {' or '.join(rules.STATES[one] for one in fits_in)}.",
                code="template_closed",
            )
        kept = {name: getattr(before, name) for name in _MOVED}
        done = tx.execute(_MOVE, {**kept, **values, "state": state, "id": version_id, "expected": expected})
        if done.rowcount == 0:
            raise NotFound("template")
        moved.append(
            {"key": before.key, "number": before.number, "from": before.state, "sha256": before.sha256}
        )
    one = action.version_ids[0] if len(action.version_ids) == 1 else None
    return Change(
        "template",
        one,
        {"versions": moved},
        {"state": state, "why": str(values.get("why") or "")},
        result={"state": state, "count": len(moved)},
    )

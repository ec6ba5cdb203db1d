"""S0-G3: is a data-handling policy in force, complete, acknowledged, and the one that the gateway enforces?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from remit.db.sessions import ReadSession
from remit.domains.handling.queries import ATTESTED, Attestation, Published, load_active, load_attestations
from remit.kit.text import counted
from remit.ladder.measures import Measured, Move, measure
from remit.ladder.steps import Gate
from remit.llm.handling.policy import HandlingPolicyInvalid, current


def _moved(session: ReadSession) -> Move | None:
    """When a version was last published or acknowledged, and how often that was done."""
    row = session.row(
        """SELECT max(at) AS at, count(*)::int AS acts FROM (SELECT published_at AS at FROM remit.handling_policies
            UNION ALL SELECT acknowledged_at FROM remit.handling_acknowledgements) AS moves"""
    )
    return Move(row.at, row.acts) if row is not None and row.at is not None else None


@measure("S0-G3", moved=_moved)
def handling_attested(session: ReadSession, gate: Gate, today: date) -> Measured:
    """Share of active people who acknowledged the version in force; 0 while it is not the one enforced or is incomplete.

    A whole-population count: the value is its own bound.
    """
    active = load_active(session)
    people = load_attestations(session, active.policy_hash if active else "")
    done = [each for each in people if each.acknowledged_at is not None]
    share = len(done) / len(people) if people else None
    if share is not None and not (active and active.valid_from_on <= today and _enforced(active.policy_hash)):
        share = 0.0
    return Measured(
        value=share,
        bound=share,
        n_count=len(people),
        window_from_on=today - timedelta(days=gate.window_days),
        window_until_on=today,
        newest_on=today,
        query=" ".join(ATTESTED.split()),
        row_ids=[each.person_id for each in done],
        missing=_missing(active, people, today),
        detail={
            "version": active.version if active else None,
            "without": [str(one.person_id) for one in _open(people)],
        },
    )


def _open(people: Sequence[Attestation]) -> list[Attestation]:
    return [each for each in people if each.acknowledged_at is None]


def _missing(active: Published | None, people: Sequence[Attestation], today: date) -> str:
    """What the policy lacks, in words."""
    if active is None:
        return "No data-handling policy is in force: two people publish one in Settings → Data handling."
    if active.valid_from_on > today:
        return f"Version {active.version} is valid from {active.valid_from_on.isoformat()} only."
    if not _enforced(active.policy_hash):
        return f"Version {active.version} is in force, but the gateway enforces another or an incomplete one."
    count = len(_open(people))
    if not count:
        return ""
    who = counted(count, "person has", "people have")
    return f"{who} not acknowledged version {active.version}."


def _enforced(policy_hash: str) -> bool:
    """Whether this process, whose gateway it is, enforces exactly that version and leaves nothing undecided."""
    try:
        policy = current()
    except HandlingPolicyInvalid:
        return False
    return policy.hash == policy_hash and not policy.undecided()

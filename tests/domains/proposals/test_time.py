"""S1-G4: minutes as they are counted, beside a baseline that two people vouch for; nothing passes on too little."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from remit import identity
from remit.actions import Refused, Waiting, approve, perform
from remit.db.sessions import read
from remit.domains.productivity.actions import Timed
from remit.domains.productivity.baselines import RecordBaseline
from remit.domains.proposals import measure, queries
from remit.domains.proposals.actions import EditProposal, WithdrawProposal
from remit.domains.proposals.approving import ApproveProposal
from remit.domains.proposals.rules import Stretch, active_minutes, stretch
from remit.domains.proposals.terms import Asked
from remit.kit import clock
from remit.kit.intervals import drop_of_medians
from remit.ladder.measures import Measured, judge
from remit.ladder.steps import GATES
from tests.support.desk import Desk
from tests.support.offers import Office, done, make_office

GATE = GATES["S1-G4"]


def measured() -> Measured:
    with read(identity.for_service("console", via="test")) as session:
        return measure.proposal_time(session, GATE, clock.today())


def baseline(values: tuple[float, ...], stratum: str) -> RecordBaseline:
    day = clock.today() - timedelta(days=100)
    times = tuple(Timed(side="before", minutes=one, observed_on=day, stratum=stratum) for one in values)
    return RecordBaseline(
        motion="proposal", method="Stop watch, from the request to the file", observations=times
    )


def test_minutes_are_those_of_people_and_each_is_counted_once() -> None:
    who, other, now = uuid4(), uuid4(), clock.now()
    at = lambda minutes: now + timedelta(minutes=minutes)  # noqa: E731
    work = [
        Stretch(who, at(0), at(10)),
        Stretch(who, at(5), at(12)),
        Stretch(who, at(20), at(21), 3.0),
        Stretch(other, at(0), at(2)),
    ]
    assert active_minutes(work, 0) == 12 + 1 + 3 + 2
    assert active_minutes([], 476) == 2.0  # nobody approves what nobody read
    assert stretch(who, now - timedelta(days=2), now).began_at == now - timedelta(hours=2)  # a forgotten page
    assert stretch(who, now + timedelta(hours=1), now).began_at == now  # a page of the future
    assert stretch(who, None, now).began_at == now


def test_a_drop_of_medians_and_another_mix_is_none() -> None:
    slow, fast = [100.0, 110, 90, 105, 95, 100, 102], [40.0, 45, 38, 42, 41, 39, 44]
    found = drop_of_medians([(slow, fast)])
    assert found is not None and found.point == pytest.approx(0.59) and 0.5 < found.lower < found.point
    # twice as many easy ones and no gain in either: pooled it looks like one
    easy, hard = [20.0, 21, 19, 20, 22, 18, 20, 21], [100.0, 101, 99, 100, 102, 98, 100, 101]
    mixed = drop_of_medians([(easy[:3], easy * 3), (hard * 3, hard[:3])])
    assert mixed is not None and mixed.point > 0.7 and mixed.lower < 0.1
    assert drop_of_medians([]) is None


def given(office: Office) -> None:
    """All that are on record, as if their files had been taken to their buyers."""
    office.cast.sql(
        """INSERT INTO remit.proposal_issues (id, proposal_id, account_id, access_id, number, contact_id, format, file_sha256, by_id, at)
        SELECT gen_random_uuid(), p.id, p.account_id, p.access_id, 1, p.contact_id, 'pdf', '', p.author_id, now() FROM remit.proposals p
        WHERE NOT EXISTS (SELECT FROM remit.proposal_issues i WHERE i.proposal_id = p.id)"""
    )


def changed_after_the_fact(office: Office, proposal_id: UUID) -> None:
    """Neither an edit after its buyer got it nor a dummy that is withdrawn changes what was measured."""
    found = queries.get_proposal(office.cast.scope("alice"), proposal_id)
    lines = tuple(Asked(product_id=one, quantity=Decimal(1)) for one in office.products.values())
    edit = EditProposal(
        proposal_id=proposal_id, expected_version=found.version, terms=office.terms(lines=lines)
    )
    done(perform(office.cast.scope("alice"), edit))
    edited = queries.get_proposal(office.cast.scope("alice"), proposal_id)
    assert (edited.terms.complexity, edited.complexity) == ("complex", "simple")
    assert (measured().n_count, measured().detail["withdrawn"]) == (16, 0)
    back = WithdrawProposal(proposal_id=proposal_id, expected_version=edited.version, reason="A dummy")
    done(perform(office.cast.scope("alice"), back))
    assert (measured().n_count, measured().detail["withdrawn"]) == (15, 1)


def test_the_gate_counts_what_buyers_got_beside_a_baseline_that_two_people_vouch_for(desk: Desk) -> None:
    office = make_office(desk)
    cast = office.cast
    assert measured().missing.startswith("No baseline is on record")
    action = baseline((95.0, 110.0, 88.0, 102.0, 120.0, 97.0), "simple")
    waiting = perform(cast.scope("alice"), action)
    assert isinstance(waiting, Waiting) and set(waiting.approver_roles) == {"manager", "vp"}
    for no in ("alice", "bob"):
        with pytest.raises(Refused):
            approve(cast.scope(no), waiting.suggestion_id, waiting.payload_hash)
    approve(cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash)
    for minutes in (22, 31):
        made = office.draft(opened_at=clock.now() - timedelta(minutes=minutes))
        yes = ApproveProposal(
            proposal_id=made.id, expected_version=1, sha256=made.sha256, elsewhere_minutes=5
        )
        perform(cast.scope("bob"), yes)
        found = queries.get_proposal(cast.scope("alice"), made.id)
        assert found.active_minutes == pytest.approx(minutes + 5, abs=0.3) and found.complexity == "simple"
    assert measured().missing.endswith("2 approved proposals went to no buyer so far: not counted.")
    given(office)
    reading = measured()
    assert (
        reading.n_count == 0 and judge(GATE, reading, clock.today()) == "insufficient"
    )  # two are too few to say
    assert reading.missing.startswith(
        "14 more proposals in buyers’ hands (0 of 14 beside 0 baseline pieces). 2 proposals"
    )
    # fourteen, as if they had been drawn up over months
    cast.sql(
        """INSERT INTO remit.proposals (id, account_id, access_id, opportunity_id, contact_id, author_id, title, state, terms, terms_sha256, document,
        sha256, complexity, expires_on, list_minor, amount_minor, amount_currency, requested_at, first_approved_at, active_minutes, created_at, updated_at)
        SELECT gen_random_uuid(), p.account_id, p.access_id, p.opportunity_id, p.contact_id, p.author_id, p.title, 'approved', p.terms, p.terms_sha256,
        p.document, p.sha256, p.complexity, p.expires_on, p.list_minor, p.amount_minor, p.amount_currency, now(), now(), 24 + n, now(), now()
        FROM (SELECT * FROM remit.proposals LIMIT 1) p, generate_series(1, 14) n"""
    )
    given(office)
    reading = measured()
    assert reading.n_count == 16 and reading.value is not None and reading.bound is not None
    assert (
        0.6 < reading.value < 0.75
        and 0.4 < reading.bound < reading.value
        and judge(GATE, reading, clock.today()) == "met"
    )
    # slow ones of a complexity without a baseline do not go unsaid
    cast.sql(
        "UPDATE remit.proposals SET complexity = 'complex' WHERE active_minutes > 36 AND active_minutes < 40"
    )
    left = measured()
    assert left.missing.startswith(f"{16 - left.n_count} proposals are left out") and left.n_count < 16
    cast.sql("UPDATE remit.proposals SET complexity = 'simple'")
    changed_after_the_fact(office, found.id)
    cast.sql("UPDATE remit.proposals SET active_minutes = 90")
    assert judge(GATE, measured(), clock.today()) == "not_met"

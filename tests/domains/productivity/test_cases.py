"""A case from opening to signature: the owner's own evidence, a manager who is not the owner, and what the gate counts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from remit import identity
from remit.actions import NotFound, Performed, Refused, perform
from remit.db.sessions import read
from remit.domains.productivity import measure, queries
from remit.domains.productivity.actions import (
    EditProductivityCase,
    OpenProductivityCase,
    ReturnProductivityCase,
    SignProductivityCase,
    SubmitProductivityCase,
    Timed,
)
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.measures import Measured, judge
from remit.ladder.steps import GATES
from tests.support.cast import Cast

GATE = GATES["S0-G2"]
BEFORE = (31.0, 28.0, 40.0, 26.0, 33.0)
AFTER = (9.0, 12.0, 7.0, 11.0, 10.0)


def artefacts(cast: Cast, who: str, count: int, *, account: str = "pine", state: str = "sent") -> list[UUID]:
    """Messages that were written with AI and sent."""
    made = [new_id() for _ in range(count)]
    for one in made:
        cast.sql(
            "INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, writer, author_id, state, created_at, updated_at)"
            " VALUES (:id, :account, :access, 'outreach', 'Hello', :body, 'embedded', :who, :state, now(), now())",
            id=one, account=cast.accounts[account], access=cast.access[account], body=f"Text {one}.", who=cast.people[who],
            state=state,
        )  # fmt: skip
    return made


def timed(
    made: list[UUID], before: tuple[float, ...] = BEFORE, after: tuple[float, ...] = AFTER
) -> tuple[Timed, ...]:
    day = date(2026, 11, 2)
    return (
        *(Timed(side="before", minutes=value, observed_on=day) for value in before),
        *(
            Timed(side="with_ai", minutes=value, observed_on=clock.today(), artefact_id=one)
            for value, one in zip(after, made, strict=True)
        ),
    )


def opened(cast: Cast, who: str, observations: tuple[Timed, ...], title: str = "First messages") -> UUID:
    action = OpenProductivityCase(
        title=title, motion="outreach", method="Stop watch", observations=observations
    )
    done = perform(cast.scope(who), action)
    assert isinstance(done, Performed)
    return UUID(str(done.result["case_id"]))


def submitted(
    cast: Cast, who: str = "alice", *, account: str = "pine", title: str = "First messages"
) -> UUID:
    case_id = opened(cast, who, timed(artefacts(cast, who, 5, account=account)), title)
    perform(cast.scope(who), SubmitProductivityCase(case_id=case_id, expected_version=1))
    return case_id


def sign(cast: Cast, who: str, case_id: UUID, version: int = 2) -> None:
    perform(cast.scope(who), SignProductivityCase(case_id=case_id, expected_version=version))


def measured() -> Measured:
    with read(identity.for_service("console", via="test")) as session:
        return measure.signed_cases(session, GATE, clock.today())


def test_the_gate_needs_three_that_were_signed_and_are_better_beyond_chance(cast: Cast) -> None:
    assert measured().missing == "3 more cases (0 of 3)."
    first, second = submitted(cast), submitted(cast, title="Second")
    sign(cast, "mia", first)
    found = measured()
    assert judge(GATE, found, clock.today()) == "insufficient" and found.row_ids == [first]
    assert found.missing == "2 more cases (1 of 3); 1 waits for a manager to sign."
    sign(cast, "vera", second)
    # five that show no gain: signed and documented, and no case of the gate
    flat = opened(
        cast, "bob", timed(artefacts(cast, "bob", 5), after=(30.0, 29.0, 38.0, 27.0, 34.0)), "No gain"
    )
    perform(cast.scope("bob"), SubmitProductivityCase(case_id=flat, expected_version=1))
    sign(cast, "mia", flat)
    found = measured()
    assert (found.value, found.n_count, judge(GATE, found, clock.today())) == (2.0, 3, "not_met")
    assert "“No gain” does not count: the upper bound of the difference is" in found.missing
    third = submitted(cast, "charlie", account="palm", title="Third")
    sign(cast, "vera", third)
    found = measured()
    assert (found.value, judge(GATE, found, clock.today()), found.missing) == (3.0, "met", "")
    # what it stands on was changed past the door: the case counts no more
    evidence = queries.get_case(cast.scope("charlie"), third).observations[5].artefact_id
    cast.sql("UPDATE remit.drafts SET body = 'Another text.' WHERE id = :id", id=evidence)
    assert measured().value == 2.0
    later = clock.today() + timedelta(days=91)
    with read(identity.for_service("console", via="test")) as session:
        assert judge(GATE, measure.signed_cases(session, GATE, later), later) == "stale"


def test_maker_is_not_checker_and_no_agent_signs(cast: Cast) -> None:
    own = submitted(cast, "mia")  # a manager's own case
    for who in ("mia", "alice", "robo"):
        with pytest.raises(Refused):
            sign(cast, who, own)
    with pytest.raises(Refused):
        perform(
            cast.scope("robo"),
            OpenProductivityCase(title="Robo's", motion="outreach", method="None", observations=()),
        )
    sign(cast, "vera", own)
    with pytest.raises(Refused, match="signed"):
        perform(
            cast.scope("vera"), ReturnProductivityCase(case_id=own, expected_version=3, reason="Too late")
        )
    edit = EditProductivityCase(
        case_id=own, expected_version=3, title="Other", motion="outreach", method="None"
    )
    with pytest.raises(Refused, match="signed"):
        perform(cast.scope("mia"), edit)


def test_only_ones_own_accepted_work_is_evidence_and_each_once(cast: Cast) -> None:
    theirs, thrown = artefacts(cast, "bob", 5), artefacts(cast, "alice", 5, state="discarded")
    for made in (theirs, thrown):
        with pytest.raises(Refused, match="artefacts are not yours"):
            opened(cast, "alice", timed(made))
    mine = artefacts(cast, "alice", 5)
    one = opened(cast, "alice", timed(mine))
    perform(cast.scope("alice"), SubmitProductivityCase(case_id=one, expected_version=1))
    again = opened(cast, "alice", timed(mine))
    with pytest.raises(Refused, match="counts once"):
        perform(cast.scope("alice"), SubmitProductivityCase(case_id=again, expected_version=1))


def test_too_few_or_without_evidence_cannot_be_submitted(cast: Cast) -> None:
    few = opened(cast, "alice", timed(artefacts(cast, "alice", 4), BEFORE, AFTER[:4]))
    with pytest.raises(
        Refused, match=r"5 timed pieces of work or more on either side.*5 without AI, 4 with AI"
    ):
        perform(cast.scope("alice"), SubmitProductivityCase(case_id=few, expected_version=1))
    bare = tuple(one.model_copy(update={"artefact_id": None}) for one in timed(artefacts(cast, "alice", 5)))
    case_id = opened(cast, "alice", bare)
    with pytest.raises(Refused, match="5 of 5 pieces with AI name no artefact"):
        perform(cast.scope("alice"), SubmitProductivityCase(case_id=case_id, expected_version=1))


def test_who_does_not_see_the_evidence_does_not_sign(cast: Cast) -> None:
    behind = submitted(cast, "bob", account="wall")  # only Bob is admitted
    with pytest.raises(Refused, match="cannot be seen by you"):
        sign(cast, "mia", behind)
    perform(
        cast.scope("mia"),
        ReturnProductivityCase(case_id=behind, expected_version=2, reason="Choose another account"),
    )
    case = queries.get_case(cast.scope("bob"), behind)
    assert (case.state, case.reason, case.decided_by_name) == ("returned", "Choose another account", "Mia")
    mended = timed(artefacts(cast, "bob", 5))
    edit = EditProductivityCase(
        case_id=behind,
        expected_version=3,
        title="Mended",
        motion="outreach",
        method="Stop watch",
        observations=mended,
    )
    perform(cast.scope("bob"), edit)
    with pytest.raises(Refused):  # an old version
        perform(cast.scope("bob"), edit)
    perform(cast.scope("bob"), SubmitProductivityCase(case_id=behind, expected_version=4))
    sign(cast, "mia", behind, 5)


def test_a_case_is_seen_by_its_owner_and_managers_until_it_is_signed(cast: Cast) -> None:
    case_id = submitted(cast)
    assert queries.get_case(cast.scope("mia"), case_id).owner == "Alice"
    for who in ("charlie", "adam"):
        with pytest.raises(NotFound):
            queries.get_case(cast.scope(who), case_id)
    sign(cast, "mia", case_id)
    seen = queries.get_case(cast.scope("charlie"), case_id)
    assert seen.bound_minutes is not None and seen.bound_minutes < 0
    assert len(queries.list_evidence(cast.scope("alice"), seen)) == 5
    assert (
        queries.list_evidence(cast.scope("charlie"), seen) == {}
    )  # what it stands on stays in its territory


def test_evidence_of_other_work_or_timed_before_it_was_made_is_no_ones_to_submit_sign_or_count(
    cast: Cast,
) -> None:
    """Cases that were on record before Open and Edit asked for it: at every later act it is asked again."""
    scope = cast.scope("alice")
    early = opened(cast, "alice", timed(artefacts(cast, "alice", 5)))
    cast.sql("UPDATE remit.case_observations SET observed_on = '2020-01-01' WHERE case_id = :id", id=early)
    with pytest.raises(Refused, match="5 times are dated before their artefact was made"):
        perform(scope, SubmitProductivityCase(case_id=early, expected_version=1))
    other = submitted(cast)
    cast.sql("UPDATE remit.productivity_cases SET motion = 'proposal' WHERE id = :id", id=other)
    with pytest.raises(Refused, match="5 artefacts are of another kind of work than proposal"):
        sign(cast, "mia", other)
    signed = submitted(cast)
    sign(cast, "mia", signed)
    counted = measured().value
    cast.sql("UPDATE remit.productivity_cases SET motion = 'summary' WHERE id = :id", id=signed)
    found = measured()
    told = next(one for one in found.detail["cases"] if one["id"] == str(signed))  # type: ignore[attr-defined]
    assert found.value == (counted or 0) - 1 and "is not of the work that was timed" in told["why_not"]

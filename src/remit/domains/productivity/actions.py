"""Verbs on cases: open, edit, submit by whoever did the work; sign or return by a manager who did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.productivity import queries, rules
from remit.domains.productivity.fitting import check_fits
from remit.domains.productivity.motions import MOTIONS
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.artefacts import load_artefacts

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Method = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
MOST_OBSERVATIONS: Final = 400


class Timed(BaseModel):
    """One timed piece of work: `artefact_id` names what was made, for work with AI only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Literal["before", "with_ai"]
    minutes: float = Field(gt=0, le=10_000, allow_inf_nan=False)
    observed_on: date
    stratum: Short = ""
    note: Short = ""
    artefact_id: UUID | None = None

    @field_validator("observed_on")
    @classmethod
    def _been(cls, day: date) -> date:
        if day > clock.today():
            raise ValueError("this day is still to come; a time is of work that was done")
        return day


class _Case(Action):
    title: Words
    motion: str
    method: Method
    observations: tuple[Timed, ...] = Field((), max_length=MOST_OBSERVATIONS)

    @field_validator("motion")
    @classmethod
    def _known(cls, motion: str) -> str:
        if motion not in MOTIONS:
            raise ValueError(f"the kind of work is one of {', '.join(MOTIONS)}")
        return motion


class OpenProductivityCase(_Case):
    """Begin a case about one's own work: what was timed, how, before and with AI."""

    event: ClassVar[str] = "productivity_case:open"


class EditProductivityCase(_Case):
    """Replace what one's case says; also one that was returned, which is a draft again then."""

    event: ClassVar[str] = "productivity_case:edit"
    case_id: UUID
    expected_version: int


class SubmitProductivityCase(Action):
    """Ask a manager to sign the case as it stands."""

    event: ClassVar[str] = "productivity_case:submit"
    case_id: UUID
    expected_version: int


class SignProductivityCase(Action):
    """I have looked at the evidence, and this is how the work went."""

    event: ClassVar[str] = "productivity_case:sign"
    case_id: UUID
    expected_version: int


class ReturnProductivityCase(Action):
    """Give the case back to its owner, with the reason."""

    event: ClassVar[str] = "productivity_case:return"
    case_id: UUID
    expected_version: int
    reason: Reason


def _new(session: ReadSession, action: OpenProductivityCase) -> Target:
    return Target("productivity_case", title=action.title, attributes={"owner": str(session.scope.person_id)})


def _case(
    session: ReadSession,
    action: EditProductivityCase | SubmitProductivityCase | SignProductivityCase | ReturnProductivityCase,
) -> Target:
    found = queries.load_case(session, action.case_id)
    return Target(
        "productivity_case", found.id, version=found.version, title=found.title,
        attributes={"owner": str(found.owner_id)}, subjects=(found.owner_id,),
    )  # fmt: skip


def _evidence(
    session: ReadSession, action: OpenProductivityCase | EditProductivityCase, target: Target
) -> Sequence[Check]:
    """What is named as made with AI is the owner's own, was accepted, and belongs to work with AI."""
    named = {one.artefact_id for one in action.observations if one.artefact_id is not None}
    found = {one.id: one for one in load_artefacts(session, list(named))}
    mine = [one for one in found.values() if one.person_id == session.scope.person_id and one.accepted_at]
    placed = all(one.side == "with_ai" for one in action.observations if one.artefact_id is not None)
    return [
        Check.that(
            "case-artefacts", len(mine) == len(named) and placed,
            f"{len(named) - len(mine)} of {len(named)} artefacts are not yours, were not accepted (sent, saved, cited), or"
            " stand with work done without AI.",
            "Every artefact is the owner's own and was accepted.",
        ),
        check_fits(action.motion, action.observations, mine),
    ]  # fmt: skip


def _complete(session: ReadSession, action: SubmitProductivityCase, _target: Target) -> Sequence[Check]:
    case = queries.load_case(session, action.case_id)
    return [
        *rules.check_complete(case.observations, queries.load_used_elsewhere(session, case)),
        queries.load_fit(session, case),
    ]


def _signable(session: ReadSession, action: SignProductivityCase, target: Target) -> Sequence[Check]:
    """Maker ≠ checker, complete, and the evidence still says what it said: seen by the signer themselves."""
    case = queries.load_case(session, action.case_id)
    bad = queries.load_bad_evidence(session, case)
    return [
        rules.check_signer(case.owner_id, session.scope.person_id),
        *rules.check_complete(case.observations, queries.load_used_elsewhere(session, case)),
        Check.that(
            "case-evidence-stands", not bad,
            f"{len(bad)} of its artefacts cannot be seen by you or are not what they were; somebody who sees the accounts signs it.",
            "Every artefact is what it was when it was named.",
        ),
        queries.load_fit(session, case),
    ]  # fmt: skip


@handler(OpenProductivityCase, target=_new, checks=[_evidence])
def open_case(tx: WriteSession, action: OpenProductivityCase, _target: Target) -> Change:
    """Write the case and what was timed."""
    case_id = new_id()
    tx.execute(
        """INSERT INTO remit.productivity_cases (id, owner_id, title, motion, method, point_minutes, bound_minutes, created_at, updated_at)
        VALUES (:id, :owner, :title, :motion, :method, :point_minutes, :bound_minutes, :at, :at)""",
        {
            "id": case_id,
            "owner": tx.scope.person_id,
            "at": tx.now,
            **_said(action),
            **_bound(action.observations),
        },
    )
    _write_observations(tx, case_id, action.observations)
    return Change("productivity_case", case_id, after=_after(action), result={"case_id": str(case_id)})


@handler(EditProductivityCase, target=_case, checks=[_evidence])
def edit_case(tx: WriteSession, action: EditProductivityCase, target: Target) -> Change:
    """Replace the case's words and observations; it is a draft afterwards."""
    before = queries.load_case(tx, action.case_id)
    _in_state(before, "draft", "returned")
    values = {**_said(action), **_bound(action.observations), "state": "draft", "submitted_at": None}
    _move(tx, action.case_id, action.expected_version, values, before)
    tx.execute("DELETE FROM remit.case_observations WHERE case_id = :id", {"id": action.case_id})
    _write_observations(tx, action.case_id, action.observations)
    was = {"title": before.title, "motion": before.motion, "state": before.state}
    return Change("productivity_case", target.id, was, _after(action), result={"case_id": str(target.id)})


@handler(SubmitProductivityCase, target=_case, checks=[_complete])
def submit_case(tx: WriteSession, action: SubmitProductivityCase, target: Target) -> Change:
    """It waits for a manager from here on and cannot be edited meanwhile."""
    before = queries.load_case(tx, action.case_id)
    _in_state(before, "draft")
    _move(tx, action.case_id, action.expected_version, {"state": "submitted", "submitted_at": tx.now}, before)
    return Change("productivity_case", target.id, {"state": before.state}, {"state": "submitted"})


@handler(SignProductivityCase, target=_case, checks=[_signable])
def sign_case(tx: WriteSession, action: SignProductivityCase, target: Target) -> Change:
    """Signed for good: the case, what it stands on and its numbers are on the record."""
    before = queries.load_case(tx, action.case_id)
    _in_state(before, "submitted")
    bound = _bound(before.observations)
    values = {"state": "signed", "decided_by": tx.maker_id, "decided_at": tx.now, "reason": "", **bound}
    _move(tx, action.case_id, action.expected_version, values, before)
    after = {
        "state": "signed", **bound,
        "evidence": [one.artefact_sha256 for one in before.observations if one.artefact_sha256],
    }  # fmt: skip
    return Change("productivity_case", target.id, {"state": before.state}, after)


@handler(ReturnProductivityCase, target=_case)
def return_case(tx: WriteSession, action: ReturnProductivityCase, target: Target) -> Change:
    """Back to the owner, who reads why."""
    before = queries.load_case(tx, action.case_id)
    _in_state(before, "submitted")
    values = {
        "state": "returned", "decided_by": tx.maker_id, "decided_at": tx.now, "reason": action.reason,
    }  # fmt: skip
    _move(tx, action.case_id, action.expected_version, values, before)
    after = {"state": "returned", "reason": action.reason}
    return Change("productivity_case", target.id, {"state": before.state}, after)


def _bound(observations: Sequence[Timed] | Sequence[rules.Observation]) -> dict[str, float | None]:
    kept = [rules.Observation(one.side, one.minutes, one.observed_on, one.stratum) for one in observations]
    found = rules.strata(kept).compare()
    return {"point_minutes": found.point if found else None, "bound_minutes": found.upper if found else None}


def _said(action: _Case) -> dict[str, Any]:
    return action.model_dump(include={"title", "motion", "method"})


def _after(action: _Case) -> dict[str, Any]:
    return {**_said(action), "state": "draft", "observations": len(action.observations)}


def _in_state(case: queries.Case, *states: str) -> None:
    if case.state not in states:
        raise Refused(
            f"This case is {case.state}: that can be done with one that is {' or '.join(states)}.",
            code="case_closed",
        )


_COLUMNS: Final = (
    "title", "motion", "method", "state", "submitted_at", "decided_by", "decided_at", "reason", "point_minutes", "bound_minutes",
)  # fmt: skip
_MOVE: Final = (
    "UPDATE remit.productivity_cases SET "
    + ", ".join(f"{name} = :{name}" for name in _COLUMNS)
    + ", updated_at = :at, version = version + 1 WHERE id = :id AND version = :expected"
)


def _move(
    tx: WriteSession, case_id: UUID, expected: int, values: dict[str, Any], before: queries.Case
) -> None:
    kept = {name: getattr(before, name) for name in _COLUMNS}
    done = tx.execute(_MOVE, {**kept, **values, "id": case_id, "expected": expected, "at": tx.now})
    if done.rowcount == 0:
        raise Conflict("case", expected=expected, found=before.version)


def _write_observations(tx: WriteSession, case_id: UUID, observations: Sequence[Timed]) -> None:
    rows = list(_rows(tx, case_id, observations))
    if rows:
        tx.execute(
            """INSERT INTO remit.case_observations (case_id, number, side, minutes, observed_on, stratum, note, artefact_id, artefact_sha256)
            VALUES (:case_id, :number, :side, :minutes, :observed_on, :stratum, :note, :artefact_id, :artefact_sha256)""",
            rows,
        )


def _rows(tx: WriteSession, case_id: UUID, observations: Sequence[Timed]) -> Iterator[dict[str, Any]]:
    ids = [one.artefact_id for one in observations if one.artefact_id is not None]
    hashes = {one.id: one.sha256 for one in load_artefacts(tx, ids)}
    for number, one in enumerate(observations, start=1):
        if one.artefact_id is not None and one.artefact_id not in hashes:
            raise NotFound("artefact")
        digest = hashes.get(one.artefact_id) if one.artefact_id else None
        yield {**one.model_dump(), "case_id": case_id, "number": number, "artefact_sha256": digest}

"""The demo firm's sequences: what ships, approved by three people, and reps who have put contacts of theirs into some, through the door."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit import identity
from remit.actions import Action, Performed, Refused, perform
from remit.demo.firm import Firm
from remit.domains.library import queries as library
from remit.domains.library import readers, shipped
from remit.domains.library.actions import ApproveTemplates, ReviewTemplates, SubmitTemplates
from remit.domains.library.writing import WriteTemplates
from remit.domains.sequences import queries
from remit.domains.sequences.enrolling import enrol, get_judged
from remit.domains.sequences.steering import PauseEnrolments, SkipStep, StopEnrolments
from remit.llm.embedded.angles import persona_of
from remit.scope import Scope

# rep, sequence, the kind of reader by title, how many
ENROLS: Final = (
    ("Alice Hartwell", "sequence-cold-operations", "operations", 8),
    ("Janelle Pritchard", "sequence-cold-trading", "trading", 8),
    ("Owen Laidlaw", "sequence-cold-cio", "portfolio", 6),
    ("Rory Keane", "sequence-cold-trading", "trading", 5),
    ("Elif Brandt", "sequence-reactivation", "", 5),
)
LOOKED_AT: Final = 200
"""Contacts of a rep that are looked at for the first who may be written to."""


def fill_sequences(firm: Firm) -> int:
    """Every shipped sequence, live, and a few runs in each state; gives how many runs. What was done before stays. Raises Refused."""
    _approve(firm)
    count = 0
    for name, key, persona, wanted in ENROLS:
        rep = next(one for one in firm.people if one.name == name)
        scope = identity.for_person(UUID(rep.id), via="demo")
        count += _enrol(scope, key, persona, wanted)
    return count


def _approve(firm: Firm) -> None:
    done = _perform(firm, "enablement", WriteTemplates(sources=tuple(shipped.sequences().values())), "write")
    ids = tuple(UUID(str(one["version_id"])) for one in done.result["written"])
    at = [(version,) * len(ids) for version in (1, 2, 3)]
    _perform(firm, "enablement", SubmitTemplates(version_ids=ids, expected_versions=at[0]), "submit")
    _perform(firm, "manager", ReviewTemplates(version_ids=ids, expected_versions=at[1]), "review")
    _perform(firm, "compliance", ApproveTemplates(version_ids=ids, expected_versions=at[2]), "approve")


def _enrol(scope: Scope, key: str, persona: str, wanted: int) -> int:
    """Put the first contacts who may be written to into the sequence; some of the runs are then left, moved on or held."""
    version = library.find_template(scope, key)
    mine = queries.Filters(sequence_id=version.template_id, owner_id=scope.person_id)
    if queries.list_runs(scope, mine, size=1).rows:
        return 0  # a load that was cut off after this
    people = [
        one for one in readers.list_readers(scope, limit=LOOKED_AT) if persona in ("", persona_of(one.title))
    ]
    fit = [one.row.id for one in get_judged(scope, version, [each.contact_id for each in people]) if one.fit][
        :wanted
    ]
    if not fit:
        return 0
    enrol(scope, version, fit, {})
    runs = sorted(
        queries.list_runs(scope, mine, size=wanted).rows, key=lambda run: (run.account, run.contact, run.id)
    )
    for run in runs[:3]:
        _skip(scope, run.id, "Spoke to them at the forum this week")
    for run in runs[:1]:
        _skip(scope, run.id, "Rang them today")
    if len(runs) > 4:
        perform(scope, PauseEnrolments(enrolment_ids=(runs[3].id,), reason="Quarter end: back in January"))
        perform(scope, StopEnrolments(enrolment_ids=(runs[4].id,), reason="Another desk decides there"))
    return len(runs)


def _skip(scope: Scope, run_id: UUID, reason: str) -> None:
    run = queries.get_run(scope, run_id)
    perform(scope, SkipStep(enrolment_id=run.id, expected_version=run.version, reason=reason))


def _perform(firm: Firm, role: str, action: Action, key: str) -> Performed:
    person = next(one for one in firm.people if one.role == role)
    done = perform(identity.for_person(UUID(person.id), via="demo"), action, key=f"demo-sequences:{key}")
    if not isinstance(done, Performed):
        raise Refused(
            "The demo's sequences wait for an approval; policy should not ask for one.", code="needs_approval"
        )
    return done

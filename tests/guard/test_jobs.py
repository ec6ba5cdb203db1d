"""Remit's own services: each job reaches the acts of that job and no other, whatever the policies say of workflows."""

from __future__ import annotations

import pytest

import remit.demo.load
import remit.domains.installation.actions
import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Refused, registry
from remit.actions.attempt import attempt
from remit.db.sessions import Permit, write
from remit.identity import JOBS, Job
from remit.kit import clock
from remit.kit.ids import new_id
from remit.policy.schema import current
from tests.support.cast import Cast

# written out again on purpose: widening a job takes a second look here
REACHES: dict[Job, set[str]] = {
    "delivery": set(),
    "clearance": set(),
    "mail": {"RecordReply", "RecordBounce", "Unsubscribe"},
    "upkeep": {"EraseExpired", "ExpireDueTemplates", "ExpireSuggestion", "ForgetModelContent", "KeepShapes", "RefreshQuality", "RevokeRemit", "TakeReading"},
    "gathering": {"AddDocument", "NoteSourceRead"},
    "syncing": {"TakeCrmPage", "NoteCrmSync"},
    "hastening": {"HastenCrm"},
    "sequencing": {"SweepEnrolments", "AdvanceEnrolments", "NoteStep"},
    "hand-back": {"SendRecalled"},
    "supervising": {"DrawSamples", "NoteSeededAnswer", "SeedDrafts"},
    "sign-in": {"SignIn", "SetUpFirm", "AcceptInvitation", "NoteTokenUse"},
    "provisioning": {"DeprovisionPerson", "KeepDirectoryGroup", "LeaveDirectoryGroup", "ProvisionPerson"},
    "sign-on": {"AdmitPerson", "ApplyGroups", "EndSessions", "LinkSignOn"},
    "console": {
        "Backup", "ImportCrm", "IssueInvitation", "NoteRestore", "RefreshQuality", "RevokeRemit", "TakeReading",
    },
    "first-start": {"IssueInvitation", "LoadDemo"},
}  # fmt: skip


@pytest.mark.parametrize("job", sorted(REACHES))
def test_a_job_reaches_its_own_acts_only(cast: Cast, job: Job) -> None:
    scope = identity.for_service(job, via="test")
    kinds = set(registry.verbs())
    assert kinds >= REACHES[job]
    assert {kind for kind in kinds if scope.allows(kind)} == REACHES[job]
    for kind in sorted(kinds - REACHES[job]):
        unread = registry.verb(kind).action.model_construct()  # stopped before anything looks at its payload
        with (
            pytest.raises(Refused) as caught,
            write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx,
        ):
            attempt(tx, scope, unread, approval=None, key=None)
        assert caught.value.code == "out_of_scope", kind


def test_every_job_is_in_the_table_and_every_kind_is_known(cast: Cast) -> None:
    assert set(JOBS) == set(REACHES)
    assert set().union(*REACHES.values()) <= set(current().action_kinds)

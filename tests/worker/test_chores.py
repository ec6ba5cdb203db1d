"""Every chore that a worker does by the clock, once, in a real worker: one whose scope does not reach its act is seen here."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOS

import remit.wiring  # noqa: F401 - the verbs, as in the worker's process
from remit import identity
from remit.actions import perform, propose
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.accounts.actions import CreateAccount
from remit.domains.governance.halts import Halt, Resume
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.measures import Move, seen_move
from remit.ladder.queries import list_readings
from remit.scope import Scope
from remit.settings import Settings
from remit.worker.chores import Chore, chores
from remit.workflows.context import WorkerContext
from tests.support.cast import Cast
from tests.support.mail import working


def test_every_chore_runs_to_its_end(cast: Cast, database: Location, tmp_path: Path) -> None:
    overdue = propose(cast.scope("alice"), CreateAccount(name="Hazel"))
    cast.sql(
        "UPDATE remit.suggestions SET expires_at = :at WHERE id = :id",
        at=clock.now() - timedelta(hours=1), id=overdue.suggestion_id,
    )  # fmt: skip
    # mailboxes are named so that their chores are in the plan, too; this process has none, so they find nothing
    named = Settings(
        home=tmp_path, imap_host="127.0.0.1", imap_user="inbox", archive_imap_user="archive",
        mail_archive_address="archive@northlake.example",
    )  # fmt: skip
    with working(database, tmp_path):
        plan = chores(named)
        ended = {chore.name: DBOS.start_workflow(chore.story).get_result() for chore in plan}
    assert set(ended) >= {
        "expire_suggestions",
        "expire_templates",
        "lower_remits",
        "refresh_quality",
        "receive_mail",
        "look_for_proof",
    }
    assert cast.sql("SELECT state FROM remit.suggestions WHERE id = :id", id=overdue.suggestion_id) == [
        ("expired",)
    ]
    done = {kind for (kind,) in cast.sql("SELECT kind FROM remit.actions WHERE actor_id = :id", id=SYSTEM_ID)}
    assert done >= {"ExpireSuggestion", "RefreshQuality"}


def _signed(cast: Cast, at: datetime) -> None:
    cast.sql(
        "INSERT INTO remit.productivity_cases (id, owner_id, title, motion, method, state, created_at, updated_at, submitted_at,"
        " decided_by, decided_at) VALUES (:id, :alice, 'Faster', 'outreach', 'Stop watch', 'signed', :at, :at, :at, :mia, :at)",
        id=new_id(), at=at, alice=cast.people["alice"], mia=cast.people["mia"],
    )  # fmt: skip


def test_a_signature_is_measured_once_by_a_worker_whatever_the_clock_says(
    cast: Cast, database: Location, tmp_path: Path
) -> None:
    system = identity.for_service("upkeep", via="test")
    with working(database, tmp_path):
        catch_up = next(one for one in chores(Settings(home=tmp_path)) if one.name == "catch_up_readings")
        assert catch_up.wanted is not None
        # in flight while the first was measured; then one from before the clock was set back
        for at in (clock.now(), clock.now() - timedelta(seconds=1), clock.now() + timedelta(hours=2)):
            cast.sql("DELETE FROM remit.productivity_cases")
            _signed(cast, at)
            perform(cast.scope("cora"), Halt(scope="action:TakeReading", reason="looked into"))
            assert not catch_up.wanted(system), "nothing is tried while measuring is halted"
            perform(cast.scope("cora"), Resume(scope="action:TakeReading", reason="looked into"))
            DBOS.start_workflow(catch_up.story).get_result()  # unless the worker's own was faster
            assert seen_move(list_readings(system, "S0-G2")[0].detail) == Move(at, 1)
            assert not catch_up.wanted(system), "measured once, not every five seconds"
        _signed(cast, clock.now())  # of two at a time, the one whose time is earlier came last
        DBOS.start_workflow(catch_up.story).get_result()
        assert seen_move(list_readings(system, "S0-G2")[0].detail) == Move(at, 2)


def test_a_fault_in_asking_for_a_chore_stops_that_chore_alone(cast: Cast) -> None:
    def faulty(system: Scope) -> bool:
        with read(system) as session:
            return bool(session.scalar("SELECT moved_at FROM remit.no_such_table"))

    chore = Chore("faulty", lambda: pytest.fail("it was started"), 5, wanted=faulty)
    scope = identity.for_service("upkeep", via="test")
    chore.run_when_due(WorkerContext("test", scope, scope, scope))

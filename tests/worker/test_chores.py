"""Every chore that a worker does by the clock, once, in a real worker: one whose scope does not reach its act is seen here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from dbos import DBOS

import remit.wiring  # noqa: F401 - the verbs, as in the worker's process
from remit.actions import propose
from remit.db.location import Location
from remit.domains.accounts.actions import CreateAccount
from remit.identity import SYSTEM_ID
from remit.kit import clock
from remit.settings import Settings
from remit.worker.chores import chores
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

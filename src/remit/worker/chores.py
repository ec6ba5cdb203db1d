"""What a worker does by the clock. Each chore is a workflow named after its moment: many workers, one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from dbos import DBOS, SetWorkflowID
from sqlalchemy.exc import DatabaseError, OperationalError

from remit.domains.outreach import shaping
from remit.domains.sequences.advancing import is_wanted
from remit.kit import clock
from remit.scope import Scope
from remit.settings import Settings
from remit.workflows.context import WorkerContext
from remit.workflows.erase_expired import erase_expired
from remit.workflows.expire_suggestions import expire_suggestions
from remit.workflows.expire_templates import expire_templates
from remit.workflows.forget_model_content import forget_model_content
from remit.workflows.gather_documents import gather_documents
from remit.workflows.keep_shapes import keep_shapes
from remit.workflows.look_for_proof import look_for_proof
from remit.workflows.lower_remits import lower_remits
from remit.workflows.make_partitions import make_partitions
from remit.workflows.receive_mail import receive_mail
from remit.workflows.refresh_quality import refresh_quality
from remit.workflows.run_sequences import run_sequences, sweep_sequences
from remit.workflows.supervise import draw_samples, seed_drafts
from remit.workflows.sync_crm import sync_crm
from remit.workflows.take_readings import catch_up_readings, is_behind, take_readings
from remit.workflows.tidy_workflows import tidy_workflows

log = structlog.get_logger(__name__)


@dataclass
class Chore:
    """`story` is started every `seconds`, by whichever worker comes first; `after`: not within so many of its own start.

    `wanted`, asked with the system's scope, keeps a story from being started when there is nothing in it.
    """

    name: str
    story: Callable[[], object]
    seconds: int
    after: int = 0
    wanted: Callable[[Scope], bool] | None = None
    _next: float = 0.0

    def __post_init__(self) -> None:
        if self.after:
            self._next = time.monotonic() + self.after

    def run_when_due(self, context: WorkerContext) -> None:
        """Start the story of the present moment unless this worker did already."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self.seconds
        if not self._is_wanted(context):
            return
        moment = int(clock.now().timestamp()) // self.seconds
        with SetWorkflowID(f"{self.name}:{self.seconds}:{moment}"):
            DBOS.start_workflow(self.story)

    def _is_wanted(self, context: WorkerContext) -> bool:
        """A statement that fails stops this chore and is logged; a database that is away is the worker's to deal with."""
        if self.wanted is None:
            return True
        try:
            return self.wanted(context.system)
        except OperationalError:
            raise
        except DatabaseError:
            log.exception("whether a chore is wanted could not be asked", chore=self.name)
            return False


def chores(settings: Settings) -> list[Chore]:
    """The chores that these settings ask for."""
    asked = [
        Chore("expire_suggestions", expire_suggestions, 60),
        Chore("expire_templates", expire_templates, 3600, after=50),
        Chore("lower_remits", lower_remits, 60),
        Chore("run_sequences", run_sequences, 15, after=10, wanted=is_wanted),
        Chore("sweep_sequences", sweep_sequences, 60, after=20, wanted=is_wanted),
        Chore("keep_shapes", keep_shapes, 600, after=30, wanted=shaping.is_wanted),
        Chore("make_partitions", make_partitions, 6 * 3600),
        Chore("refresh_quality", refresh_quality, 6 * 3600, after=45),  # not while a worker starts
        Chore("catch_up_readings", catch_up_readings, 5, after=5, wanted=is_behind),
        Chore("take_readings", take_readings, 24 * 3600, after=60),
        Chore("tidy_workflows", tidy_workflows, 3600),
        Chore("forget_model_content", forget_model_content, 6 * 3600),
        Chore("draw_samples", draw_samples, 3600, after=70),
        Chore("erase_expired", erase_expired, 6 * 3600, after=120),
    ]
    if settings.seeded_drafts_weekly:
        asked.append(
            Chore("seed_drafts", seed_drafts, 11 * 3600, after=1800)
        )  # no hour of the day that people learn
    if settings.edgar_identity or settings.feed_addresses:
        asked.append(Chore("gather_documents", gather_documents, 60, after=30))
    if settings.salesforce_client_id or settings.hubspot_client_id:
        asked.append(Chore("sync_crm", sync_crm, 15, after=5))
    if settings.imap_host and settings.imap_user:
        asked.append(Chore("receive_mail", receive_mail, settings.imap_poll_seconds))
    if settings.archive_imap_user and settings.mail_archive_address:
        asked.append(Chore("look_for_proof", look_for_proof, 60))
    return asked

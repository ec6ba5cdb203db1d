"""Seeded drafts: wrong on purpose, put among what waits for an approval to see whether it is read (S5-R4). None is ever performed.

The door knows them by number alone. An approval of one is refused and noted as missed, a rejection is a catch; whose catch rate is
too low approves nothing that leaves the building until fresh catches, or a named person, give the power back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions.errors import NotFound, Refused
from remit.actions.model import Action, Change, Target
from remit.actions.registry import handler
from remit.db.sessions import ReadSession, WriteSession
from remit.kit import clock
from remit.kit.intervals import interval, lower_bound
from remit.kit.text import percent
from remit.policy.model import roles_told
from remit.policy.schema import current

WINDOW_DAYS: Final = 365
WINDOW_COUNT: Final = 40
"""How many of somebody's newest answers to seeded drafts count, of so many days."""
CODE: Final = "seeded_draft"
LETS_LEAVE: Final = frozenset({
    "ApproveProposal", "IssueProposal", "ApproveDiscount", "ApproveQuestionnaire", "ExportQuestionnaire", "ApproveAnswers", "ReleasePaper", "ApproveTemplates",
    "ApproveCategory", "AddProposalTemplate",
})  # fmt: skip
"""Beside Outreach: what leaves the building, or is a person's yes to what will be said to buyers."""
_SEEDED: Final = "SELECT remit.is_seeded(:id)"
_TALLY: Final = "SELECT caught, answered FROM remit.seeded_tally(:person, :since, :most)"
GOOD: Final = """
SELECT count(*) FILTER (WHERE q.state = 'rejected')::int AS rejected, count(*)::int AS decided FROM (
    SELECT g.state FROM remit.suggestions g WHERE g.decided_by = {person} AND g.state IN ('approved', 'rejected') AND g.kind IN ('SendEmail', 'SendRecalled')
      AND g.decided_at > greatest(CAST(:since AS timestamptz), (SELECT max(r.at) FROM remit.approver_resets r WHERE r.person_id = {person}))
      AND NOT EXISTS (SELECT FROM remit.seeded_drafts z WHERE z.suggestion_id = g.id)
    ORDER BY g.decided_at DESC LIMIT :most) AS q
"""
"""What somebody decided of e-mails that were not seeded, in what the reader sees: whoever rejects everything catches everything."""
_ANSWER: Final = """
UPDATE remit.seeded_drafts SET answer = :answer, answered_by = :by, answered_at = :at WHERE suggestion_id = :id AND answered_at IS NULL
RETURNING rule_id, quote
"""
OPENED_FREE: Final = 2
"""How many seeded drafts somebody may open to change since their last catch before the next one counts as missed."""
_OPENED: Final = """
SELECT count(*) FROM remit.seeded_drafts z WHERE z.answered_by = :person AND z.answer = 'opened' AND z.answered_at > greatest(CAST(:since AS timestamptz),
    (SELECT max(c.answered_at) FROM remit.seeded_drafts c WHERE c.answered_by = :person AND c.answer = 'caught'),
    (SELECT max(r.at) FROM remit.approver_resets r WHERE r.person_id = :person))
"""
_CLOSE: Final = """
UPDATE remit.suggestions SET state = 'void', decided_by = :by, decided_at = :at, decision_reason = :reason, version = version + 1
WHERE id = :id AND state = 'waiting'
"""


class NoteSeededAnswer(Action):
    """How a seeded draft was answered: approved as if it were fit to leave (missed), or opened to be changed (neither, up to OPENED_FREE of them)."""

    event: ClassVar[str] = "supervision:seeded:answer"
    suggestion_id: UUID
    person_id: UUID
    answer: Literal["missed", "opened"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How many of the last seeded drafts somebody caught. `least`: answers before it says anything; `needed`: the rate to be shown.

    `rejected` of `decided` real e-mails: a share that is shown to be above `most_rejected` takes the power, too.
    """

    caught: int
    answered: int
    least: int
    needed: float
    rejected: int = 0
    decided: int = 0
    most_rejected: float = 1.0

    @property
    def rate(self) -> float | None:
        """Caught ÷ answered."""
        return self.caught / self.answered if self.answered else None

    @property
    def bound(self) -> float:
        """The 95 % lower bound (Clopper-Pearson) of the rate."""
        return lower_bound(self.caught, self.answered)

    @property
    def interval(self) -> tuple[float, float]:
        """The two-sided 95 % interval of the rate."""
        return interval(self.caught, self.answered)

    @property
    def enough(self) -> bool:
        """Whether there are answers enough to say anything."""
        return self.answered >= self.least

    @property
    def may_approve(self) -> bool:
        """Whether their yes counts: too few answers take nothing from anybody."""
        return not self.rejects_too_many and (not self.enough or self.bound >= self.needed)

    @property
    def rejects_too_many(self) -> bool:
        """Whether they are shown (95 % lower bound) to reject a larger share of what was not seeded than may be: a catch says nothing then."""
        return self.decided >= self.least and lower_bound(self.rejected, self.decided) > self.most_rejected

    def told(self) -> str:
        """The figure with its bound, in words; of real ones only where too many are rejected."""
        if self.rejects_too_many:
            real = f"{self.rejected} of {self.decided} real ones rejected, {percent(self.most_rejected)} is the most"
            return f"{self._told()}; {real}: whoever rejects everything catches everything"
        return self._told()

    def _told(self) -> str:
        if self.rate is None:
            return "no seeded draft answered yet"
        figure = f"{self.caught} of {self.answered} caught ({percent(self.rate)}"
        if not self.enough:
            return f"{figure}); {self.least - self.answered} more answers before it counts"
        return f"{figure}, at least {percent(self.bound)} with 95 % confidence; {percent(self.needed)} is needed)"


def reading_of(s: ReadSession, person_id: UUID) -> Reading:
    """How many of the seeded drafts that this person answered last they caught, and how many real ones they rejected."""
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    row = s.row(_TALLY, {"person": person_id, "since": since, "most": WINDOW_COUNT})
    good = s.row(GOOD.format(person=":person"), {"person": person_id, "since": since, "most": WINDOW_COUNT})
    return reading(
        row.caught if row else 0,
        row.answered if row else 0,
        *((good.rejected, good.decided) if good else (0, 0)),
    )


def reading(caught: int, answered: int, rejected: int, decided: int) -> Reading:
    """The counts, held against what is set."""
    configured = settings.load()
    least, needed, most = configured.review_catch_least, configured.review_catch_rate, configured.review_reject_most  # fmt: skip
    return Reading(caught, answered, least, needed, rejected, decided, most)


def find_touched(s: ReadSession, action: Action) -> UUID | None:
    """The suggestion that waits, in what the reader sees, for the draft that an act names; None where it names none."""
    found: UUID | None = None
    if (draft_id := getattr(action, "draft_id", None)) is not None:
        found = s.scalar("SELECT id FROM remit.suggestions WHERE object_type = 'draft' AND object_id = :id AND state = 'waiting'", {"id": draft_id})  # fmt: skip
    return found


def check_approver(tx: WriteSession, row: Row[Any], approver_id: UUID, roles: frozenset[str]) -> None:
    """At an approval: stop at a seeded draft, and where the approver's reading is not good enough for what leaves. Raises Refused."""
    if row.kind not in LETS_LEAVE and "Outreach" not in current().action_groups.get(row.kind, ()):
        return
    if tx.scalar(_SEEDED, {"id": row.id}):
        needed = frozenset(row.needs.split(",")) if row.needs else frozenset()
        if needed and not needed & roles:
            raise Refused(f"This one waits for {roles_told(sorted(needed))}.", code="approval_not_enough")
        raise Refused("This is a seeded draft; it is never performed.", code=CODE)
    check_power(tx, approver_id)


def check_own(tx: WriteSession, kind: str, person_id: UUID) -> None:
    """Where a person's own act is the yes (nobody else is asked): as at an approval. Raises Refused."""
    if kind in LETS_LEAVE:
        check_power(tx, person_id)


def check_power(tx: WriteSession, person_id: UUID) -> None:
    """Stop whoever's reading is not good enough for what leaves. Raises Refused."""
    reading = reading_of(tx, person_id)
    if not reading.may_approve:
        raise Refused(
            f"Your approvals of what leaves the building do not count now: of the seeded drafts you answered last, {reading.told()}."
            f" You can still reject. {'S' if reading.rejects_too_many else 'Fresh catches bring the power back, or s'}omebody of compliance, the board"
            " or the VP gives it back (Compliance, Reviewers).",
            code="approving_power_lost",
            details={"caught": reading.caught, "answered": reading.answered, "bound": reading.bound, "needed": reading.needed},
        )  # fmt: skip


def told(rule_id: str, quote: str, answer: str) -> str:
    """What is said to whoever answered a seeded draft."""
    end = {
        "caught": "You caught it.",
        "missed": "It counts as missed.",
        "opened": "It counts as neither caught nor missed; opened to change and none caught, from the third on each counts as missed.",
    }[answer]
    return f"This was a seeded draft, wrong on purpose and never going to leave: “{quote}” (rule {rule_id}). {end}"


def told_of_catch(tx: WriteSession, suggestion_id: UUID) -> str:
    """After a rejection: what to say where it was a seeded draft; "" for any other."""
    row = tx.row("SELECT rule_id, quote, answer FROM remit.seeded_drafts WHERE suggestion_id = :id AND answer IS NOT NULL", {"id": suggestion_id})  # fmt: skip
    return told(row.rule_id, row.quote, row.answer) if row is not None else ""


def _suggestion(s: ReadSession, action: NoteSeededAnswer) -> Target:
    row = s.row("SELECT s.id, s.account_id, s.access_id FROM remit.seeded_drafts s WHERE s.suggestion_id = :id", {"id": action.suggestion_id})  # fmt: skip
    if row is None:
        raise NotFound("seeded draft")
    return Target("seeded_draft", row.id, row.account_id, row.access_id, title="Answer to a seeded draft")


@handler(NoteSeededAnswer, target=_suggestion, as_system=True)
def note_answer(tx: WriteSession, action: NoteSeededAnswer, target: Target) -> Change:
    """Note it and close the suggestion; the first answer stands. Whoever opens each one to change it and catches none has missed it."""
    answer = action.answer
    since = tx.now - timedelta(days=WINDOW_DAYS)
    if answer == "opened" and tx.scalar(_OPENED, {"person": action.person_id, "since": since}) >= OPENED_FREE:
        answer = "missed"
    row = tx.row(_ANSWER, {"id": action.suggestion_id, "answer": answer, "by": action.person_id, "at": tx.now})  # fmt: skip
    if row is None:
        raise Refused("This was answered already.", code="suggestion_not_waiting")
    said = told(row.rule_id, row.quote, answer)
    tx.execute(_CLOSE, {"id": action.suggestion_id, "by": action.person_id, "at": tx.now, "reason": f"seeded draft, {answer}"})  # fmt: skip
    after = {"answer": answer, "person_id": str(action.person_id), "rule_id": row.rule_id}
    return Change("seeded_draft", target.id, {"answer": None}, after, result={"said": said})

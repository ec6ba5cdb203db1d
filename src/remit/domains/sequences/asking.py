"""The e-mails of sequences: written from the approved texts when they are due, and asked for at the door in their owner's name.

Read, think, perform: each e-mail is two acts of its own (write, send), in that order. The draft names its step, and a step has one
draft; the send has one key for each text. A process that dies in between is taken over where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit import settings
from remit.actions import Action, Change, Refused, Target, attributes_of, handler, perform
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.library import queries as library
from remit.domains.library import using
from remit.domains.library.fitting import check_fits
from remit.domains.library.readers import load_who
from remit.domains.library.steps import place_of
from remit.domains.outreach.targets import draft_target
from remit.domains.outreach.writing import send_draft, stored
from remit.domains.sequences import moving
from remit.domains.sequences.parents import in_thread
from remit.domains.sequences.said import entered_of, load_step, why_not_as_approved
from remit.domains.supervision.profiles import Profile, load_profiles, regimes_of
from remit.evidence import conduct_rules
from remit.evidence.conduct import Sending, judge
from remit.kit import clock
from remit.scope import Scope

BATCH: Final = 50
LATER: Final = {"contact-cap": timedelta(hours=12), "conduct-contact-caps": timedelta(hours=24)}
"""Checks that a later hour passes, and when to try again."""
HALTED_FOR: Final = timedelta(minutes=30)
"""How long an e-mail waits that a halt of its sender's agent stopped: the sweep holds the runs of every other halt."""
QUIET: Final = timedelta(hours=1)
QUIET_MOST: Final = 24 * 7
"""Hours ahead in which a waking one is looked for."""
_TIMED: Final = frozenset({"quiet_hours", "market_holiday"})
# open e-mails that nobody was asked about since the run began or was resumed
_TO_ASK: Final = """
SELECT s.id, s.enrolment_id, s.step, e.contact_id, e.owner_id, e.entered, e.version_id, v.title, v.source, v.number, t.key, d.id AS draft_id, a.segment,
    coalesce(c.country, a.country, c.jurisdiction, '') AS country, coalesce(c.time_zone, '') AS time_zone
FROM remit.enrolment_steps s JOIN remit.enrolments e ON e.id = s.enrolment_id AND e.step = s.step AND e.state = 'active'
JOIN remit.template_versions v ON v.id = e.version_id JOIN remit.templates t ON t.id = e.template_id
JOIN remit.contacts c ON c.id = e.contact_id JOIN remit.accounts a ON a.id = e.account_id
LEFT JOIN remit.drafts d ON d.enrolment_step_id = s.id
WHERE s.done_at IS NULL AND s.kind = 'email' AND s.try_at <= :now AND (d.id IS NULL OR (d.state = 'draft' AND NOT EXISTS (
    SELECT FROM remit.suggestions g WHERE g.object_type = 'draft' AND g.object_id = d.id AND g.proposed_at >= coalesce(e.resumed_at, '-infinity'))))
ORDER BY s.try_at, s.id LIMIT :limit
"""
# those that this run has said already are not said to the same reader again
_TEXTS: Final = """
SELECT x.template_version_id AS id FROM remit.sequence_texts x WHERE x.version_id = :version AND x.step = :step
  AND NOT EXISTS (SELECT FROM remit.drafts d JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id
                  WHERE s.enrolment_id = :run AND d.template_version_id = x.template_version_id) ORDER BY x.number
"""
_PUT_OFF: Final = (
    "UPDATE remit.enrolment_steps SET try_at = :at, why = :why WHERE id = :id AND done_at IS NULL"
)


class NoteStep(Action):
    """An e-mail that may not be asked for now: tried again at `try_at`, or, without it, held with its run until a person resumes."""

    event: ClassVar[str] = "sequence:step:note"
    step_id: UUID
    try_at: datetime | None = None
    code: str = Field(max_length=60)
    why: str = Field(max_length=1000)


@dataclass(frozen=True, slots=True)
class Hands:
    """Who asks: scopes that a worker starts. `notes` is the sequences' own job; `owner` gives a person's, `sender` that of their agent
    with an auto remit for e-mail of this segment, else the person's."""

    notes: Scope
    owner: Callable[[UUID], Scope | None]
    sender: Callable[[UUID, str], Scope | None]


def _step(s: ReadSession, action: NoteStep) -> Target:
    row = load_step(s, action.step_id)
    return Target(
        "enrolment", row.enrolment_id, row.account_id, row.access_id, row.segment, "email", title=f"Step {row.step}, {row.account}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


@handler(NoteStep, target=_step, as_system=True)
def note_step(tx: WriteSession, action: NoteStep, _target: Target) -> Change:
    """Put the step off, or hold its run."""
    row = load_step(tx, action.step_id)
    if action.try_at is not None:
        tx.execute(_PUT_OFF, {"id": row.id, "at": action.try_at, "why": action.why})
    else:
        moving.hold(tx, [(row.enrolment_id, action.code, action.why)])
    after = {"step": row.step, "code": action.code, "try_at": action.try_at}
    return Change("enrolment", row.enrolment_id, after=after, result={"held": action.try_at is None})


def ask_due(hands: Hands, *, limit: int = BATCH) -> Counter[str]:
    """Write and ask for up to `limit` of the e-mails that are due; gives what became of them, counted."""
    with read(hands.notes) as s:
        rows = s.rows(_TO_ASK, {"now": clock.now(), "limit": limit})
        profiles = load_profiles(s)
    tally: Counter[str] = Counter()
    for row in rows:
        tally[_ask(hands, row, profiles)] += 1
    return tally


def _ask(hands: Hands, row: Row[Any], profiles: Sequence[Profile]) -> str:
    now = clock.now()
    if (quiet := why_not_now(row.country, row.time_zone, now, profiles)) is not None:
        return _put_off(hands, row, waking(row.country, row.time_zone, now, profiles), "quiet", quiet)
    owner = hands.owner(row.owner_id)
    sender = hands.sender(row.owner_id, row.segment)
    if owner is None or sender is None:
        return "owner_left"  # the sweep stops the run
    try:
        draft_id = row.draft_id or _write(owner, row)
        reason = f"Step “{row.step}” of the sequence “{row.title}”"
        if row.draft_id and (why := _changed(owner, row)):
            sender, reason = owner, f"{reason}. Not as compliance approved it: {why}"
        done = send_draft(sender, draft_id, reason=reason)
    except Refused as error:
        return _refused(hands, row, error, now)
    return type(done).__name__.lower()


def _changed(owner: Scope, row: Row[Any]) -> str:
    """Why a draft that has waited is not what the approved text gives now; "" where it is."""
    with read(owner) as s:
        return why_not_as_approved(s, row.id, draft_target(s, row.draft_id)[1])


def _write(scope: Scope, row: Row[Any]) -> UUID:
    """The first of the step's texts that can be said to this contact, as a draft. Raises Refused with why none can."""
    with read(scope) as s:
        found = s.rows(_TEXTS, {"version": row.version_id, "step": row.step, "run": row.enrolment_id})
        versions = [library.load_version(s, one.id) for one in found]
        who = load_who(s, row.contact_id)
    refused: list[Refused] = []
    for version in versions:
        if unfit := next((check for check in check_fits(version, who) if not check.passed), None):
            refused.append(Refused(unfit.reason, code="template_unfit"))
            continue
        try:
            used = using.use(scope, str(version.id), row.contact_id, entered_of(row.entered, version))
        except Refused as error:
            refused.append(error)
            continue
        plan = moving.steps_of(row)
        with read(scope) as s:
            action = in_thread(
                s, using.draft_of(scope, used, row.contact_id), used, plan[place_of(plan, row.step)], row.id
            )
        return stored(scope, action, key=f"step:{row.id}")
    if not versions:
        raise Refused("Every text of this step was said to this contact already.", code="no_text")
    if len(refused) == 1:
        raise refused[0]
    told = "; ".join(_short(one.key, why) for one, why in zip(versions, refused, strict=True))
    raise Refused(f"None of its {len(versions)} texts can be said: {told}", code="no_text")


def _short(key: str, why: Refused) -> str:
    return (
        f"{key} is not for this reader"
        if why.code == "template_unfit"
        else f"{key}: {why.message.rstrip('.')}"
    )


def _refused(hands: Hands, row: Row[Any], error: Refused, now: datetime) -> str:
    """Later where an hour helps; nothing where the sweep decides; else the run waits for a person."""
    checks = {one["id"] for one in error.details.get("checks", [])}
    if checks and checks <= set(LATER):
        return _put_off(hands, row, now + max(LATER[one] for one in checks), "cap", error.message)
    if "sequence-running" in checks or error.code == "key_reused":
        return "swept"  # the sweep decides, or another worker has just written it
    if error.code == "halted":
        return _wait_for_resume(hands, row, error, now)
    perform(hands.notes, NoteStep(step_id=row.id, code=error.code, why=error.message[:1000].rstrip(".")))
    return "held"


def _wait_for_resume(hands: Hands, row: Row[Any], error: Refused, now: datetime) -> str:
    """Out of the way of the others, unless the halt is of everything here: then the sweep holds the run."""
    try:
        return _put_off(hands, row, now + HALTED_FOR, "halted", error.message)
    except Refused as halted:
        if halted.code != "halted":
            raise
        return "swept"


def _put_off(hands: Hands, row: Row[Any], until: datetime, code: str, why: str) -> str:
    perform(hands.notes, NoteStep(step_id=row.id, try_at=until, code=code, why=why[:1000]))
    return "later"


def why_not_now(country: str, time_zone: str, now: datetime, profiles: Sequence[Profile] = ()) -> str | None:
    """Why nobody is written to at this hour there: night, a weekend or a holiday of their market; None when they may be."""
    configured = settings.load()
    found = conduct_rules.current(configured.conduct_rules_file or conduct_rules.DEFAULT_FILE)
    timed = [one for one in found if one.look in _TIMED]
    for one in judge(timed, regimes_of(profiles, country), Sending("", now, country, time_zone), ()):
        if not one.passed:
            return f"{one.rule.says} ({one.why})"
    return None


def waking(country: str, time_zone: str, now: datetime, profiles: Sequence[Profile] = ()) -> datetime:
    """The first full hour from here on at which somebody there may be written to; a week on where there is none before."""
    at = now.replace(minute=0, second=0, microsecond=0)
    hours = (at + QUIET * n for n in range(1, QUIET_MOST))
    return next(
        (each for each in hours if why_not_now(country, time_zone, each, profiles) is None),
        now + QUIET * QUIET_MOST,
    )

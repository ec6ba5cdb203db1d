"""The e-mails of one owner, written and asked for together: read, think, perform for all of them, each an act of its own at the door.

The draft names its step, and a step has one draft; the send has one key for each text. A process that dies in between is taken over
where it stopped: with all drafts of the batch or none, all requests of it or none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Row

from remit.actions import Faulted, NotFound, One, Performed, Refused, Waiting, perform_each, why_waiting
from remit.db.sessions import ReadSession, read, read_together
from remit.db.trouble import ends_all
from remit.domains.library import queries as library
from remit.domains.library import using
from remit.domains.library.fitting import check_fits
from remit.domains.library.readers import load_who
from remit.domains.library.steps import place_of
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.send import SendEmail
from remit.domains.outreach.targets import draft_target
from remit.domains.outreach.writing import load_sending, send_draft
from remit.domains.sequences import moving
from remit.domains.sequences.parents import in_thread
from remit.domains.sequences.said import entered_of, why_not_as_approved
from remit.scope import Scope

OUT_OF_USE: Final = (
    "The sequence was approved with it; have the sequence approved with the present text, or skip this step"
)
_T = TypeVar("_T")
logger = structlog.get_logger(__name__)
FAILED: Final = "failed"
"""The code of an e-mail that ended in a fault: the others go on, and the log has it in full."""
# those that this run has said already are not said to the same reader again
_TEXTS: Final = """
SELECT x.template_version_id AS id FROM remit.sequence_texts x WHERE x.version_id = :version AND x.step = :step
  AND NOT EXISTS (SELECT FROM remit.drafts d JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id
                  WHERE s.enrolment_id = :run AND d.template_version_id = x.template_version_id) ORDER BY x.number
"""


def ask_together(
    owner: Scope, rows: Sequence[Row[Any]], senders: Mapping[UUID, Scope], beat: Callable[[], None]
) -> list[Performed | Waiting | Refused]:
    """Write these steps' e-mails (rows of `asking`, all of this owner) where they are not written, and ask for each to be sent.

    `senders`: who asks, by step: the owner, or their agent with an auto remit. `beat`: called between the parts of
    the work. What became of each, in order.
    """
    drafts = _written(owner, rows, beat)
    beat()
    changed = _each(owner, [partial(_why_changed, row=row) if row.draft_id else _not for row in rows])
    asks: list[tuple[int, Scope, UUID, str]] = []
    found: list[Performed | Waiting | Refused] = [NotFound("draft")] * len(rows)
    for place, (row, draft, why) in enumerate(zip(rows, drafts, changed, strict=True)):
        if isinstance(draft, Refused):
            found[place] = draft
        elif isinstance(why, Refused):
            found[place] = why
        else:
            reason = f"Step “{row.step}” of the sequence “{row.title}”"
            sender = senders[row.id]
            if why:
                sender, reason = owner, f"{reason}. Not as compliance approved it: {why}"
            asks.append((place, sender, draft, reason))
    beat()
    mine = [one for one in asks if one[1] is owner]
    told = _ask(owner, [(draft, reason) for _, _, draft, reason in mine])
    for (place, *_), answer in zip(mine, told, strict=True):
        found[place] = answer
    for place, sender, draft, reason in asks:
        if sender is not owner:  # it may leave at once: what one sends counts for the caps of the next
            found[place] = _by_itself(partial(send_draft, sender, draft, reason=reason))
    return found


def _written(owner: Scope, rows: Sequence[Row[Any]], beat: Callable[[], None]) -> list[UUID | Refused]:
    """The draft of each, written where there is none."""
    open_ = [row for row in rows if not row.draft_id]
    made = _each(owner, [partial(_text_of, row=row) for row in open_])
    beat()
    acts = [(row.id, one) for row, one in zip(open_, made, strict=True) if isinstance(one, WriteDraft)]
    done = performed(owner, [One(one, key=f"step:{step}") for step, one in acts])
    by_step: dict[UUID, UUID | Refused] = {
        step: _draft_of(answer) for (step, _), answer in zip(acts, done, strict=True)
    }
    by_step |= {row.id: one for row, one in zip(open_, made, strict=True) if isinstance(one, Refused)}
    return [row.draft_id or by_step[row.id] for row in rows]


def _draft_of(answer: Performed | Waiting | Refused) -> UUID | Refused:
    if isinstance(answer, Performed):
        return UUID(str(answer.result["draft_id"]))
    if isinstance(answer, Refused):
        return answer
    return why_waiting(answer)


def _ask(owner: Scope, asked: Sequence[tuple[UUID, str]]) -> list[Performed | Waiting | Refused]:
    sends: list[tuple[SendEmail, str] | Refused] = _each(
        owner, [partial(load_sending, draft_id=draft) for draft, _ in asked]
    )
    ready = [
        (place, One(send[0], key=send[1], reason=asked[place][1]))
        for place, send in enumerate(sends)
        if not isinstance(send, Refused)
    ]
    done = dict(zip([place for place, _ in ready], performed(owner, [one for _, one in ready]), strict=True))
    return [send if isinstance(send, Refused) else done[place] for place, send in enumerate(sends)]


def _by_itself(job: Callable[[], _T]) -> _T | Refused:
    """What one e-mail's part of the work gives; a refusal or a fault of it is given instead of raised, and the fault is in the log."""
    try:
        return job()
    except Refused as error:
        return error
    except Exception as error:
        logger.exception("an e-mail of a sequence failed")
        return failed(error)


def performed(owner: Scope, asked: Sequence[One]) -> list[Performed | Waiting | Refused]:
    """What became of each of these acts; a fault of one holds up no other."""
    try:
        return perform_each(owner, asked)
    except Faulted as error:
        return [
            one if isinstance(one, (Performed, Waiting, Refused)) else failed(one) for one in error.answers
        ]


def failed(error: Exception) -> Refused:
    """A fault, which is in the log in full, as what is noted of the e-mail. Raises it where every other would fail as well."""
    if ends_all(error):
        raise error
    return Refused(f"It failed ({type(error).__name__}); the log of the worker says how.", code=FAILED)


def _each(scope: Scope, jobs: Sequence[Callable[[ReadSession], _T]]) -> list[_T | Refused]:
    """What each gives in one session, reading in step; a refusal is given instead of raised."""
    if not jobs:
        return []
    try:
        with read(scope) as s, read_together(scope, s) as together:
            return together.run([partial(job, s) for job in jobs], Refused)  # type: ignore[return-value]
    except Exception as error:
        if ends_all(error):
            raise
        logger.warning(
            "e-mails of a sequence are looked at one by one", count=len(jobs), why=str(error)[:300]
        )
    return [_by_itself(partial(_in_own_session, scope, job)) for job in jobs]


def _in_own_session(scope: Scope, job: Callable[[ReadSession], _T]) -> _T:
    with read(scope) as s:
        return job(s)


def _not(_s: ReadSession) -> str:
    return ""


def _why_changed(s: ReadSession, row: Row[Any]) -> str:
    """Why a draft that has waited is not what the approved text gives now; "" where it is."""
    return why_not_as_approved(s, row.id, draft_target(s, row.draft_id)[1])


def _text_of(s: ReadSession, row: Row[Any]) -> WriteDraft:
    """The first of the step's texts that can be said to this contact, as a draft. Raises Refused with why none can."""
    found = s.rows(_TEXTS, {"version": row.version_id, "step": row.step, "run": row.enrolment_id})
    versions = [library.load_version(s, one.id) for one in found]
    who = load_who(s, row.contact_id)
    plan = moving.steps_of(row)
    refused: list[Refused] = []
    for version in versions:
        if unfit := next((check for check in check_fits(version, who) if not check.passed), None):
            refused.append(Refused(unfit.reason, code="template_unfit"))
            continue
        try:
            used = using.load_live(s, version, row.contact_id, entered_of(row.entered, version))
        except Refused as error:
            if error.code == "template_not_live":
                # compliance approved them as a whole: none takes the place of one that fell
                raise Refused(
                    f"{error.message} {OUT_OF_USE}", code=error.code, details=error.details
                ) from error
            refused.append(error)
            continue
        draft = using.draft_of(s.scope, used, row.contact_id)
        return in_thread(s, draft, used, plan[place_of(plan, row.step)], row.id)
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

"""Verbs on papers: ReleasePaper, WithdrawPaper. Who added a document does not release it, and what no answer may say no paper may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import Row

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.documents.targets import document_target
from remit.domains.questionnaires.papers import find_paper
from remit.domains.questionnaires.saying import check_answer, names_client
from remit.evidence.conduct import LOOK_AGAIN
from remit.kit import clock
from remit.kit.text import shorten
from remit.knowledge.questionnaires.passages import Passage, Source, in_words, passages

MOST_PLACES: Final = 3
_RELEASE: Final = """
INSERT INTO remit.papers (document_id, owner_id, released_by, released_at, review_by_on) VALUES (:id, :owner, :by, :now, :review_by_on)
ON CONFLICT (document_id) DO UPDATE SET owner_id = EXCLUDED.owner_id, state = 'released', released_by = EXCLUDED.released_by, why = '',
    released_at = EXCLUDED.released_at, review_by_on = EXCLUDED.review_by_on, updated_at = EXCLUDED.released_at, version = papers.version + 1
"""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class ReleasePaper(Action):
    """Buyers may be quoted from a document of our own until `review_by_on`. Again: for longer, or by another owner."""

    event: ClassVar[str] = "paper:release"
    document_id: UUID
    owner_id: UUID
    review_by_on: date


class WithdrawPaper(Action):
    """Nobody is quoted from it from here on; the document itself stays."""

    event: ClassVar[str] = "paper:withdraw"
    document_id: UUID
    expected_version: int
    reason: Reason


def _document(s: ReadSession, action: WithdrawPaper) -> Target:
    return document_target(s, action.document_id)


def _others(s: ReadSession, action: ReleasePaper) -> Target:
    target = document_target(s, action.document_id)
    added_by = s.scalar("SELECT added_by FROM remit.documents WHERE id = :id", {"id": action.document_id})
    return replace(target, subjects=(added_by,), context={"own_work": added_by == s.scope.person_id})


def _fit(s: ReadSession, action: ReleasePaper, target: Target) -> Sequence[Check]:
    """It is ours and current, somebody else added it, and it is looked at again on a day to come."""
    row = s.row(
        "SELECT kind, state, added_by, warnings, title, text, headings, page_starts FROM remit.documents WHERE id = :id",
        {"id": action.document_id},
    )
    owner = s.scalar(
        "SELECT active AND kind = 'person' FROM remit.people WHERE id = :id", {"id": action.owner_id}
    )
    if row is None:
        raise NotFound("document")
    ours = target.account_id is None and row.kind == "other"
    return [
        Check.that("paper-ours", ours, "Only a document of our own of the kind “Other” is quoted to buyers: no client's, no news, no battle card.", "It is ours."),
        Check.that("paper-current", row.state == "live", "It is not the current copy: release the one that took its place.", "It is the current copy."),
        Check.that("paper-not-own", row.added_by != s.scope.person_id, "You added it: somebody else releases it.", "Somebody else added it."),
        Check.that("paper-plain", not row.warnings, "Something in it is hidden or speaks to software; add a clean copy.", "Nothing in it is hidden."),
        Check.that("paper-owner", bool(owner), "Choose an owner who works here.", "Its owner works here."),
        Check.that(
            "paper-review", action.review_by_on > clock.today(), f"Review by {action.review_by_on}: choose a day to come.", "Its review is to come.",
        ),
        *(_sayable(s, _source(row)) if ours else ()),
    ]  # fmt: skip


def _source(row: Row[Any]) -> Source:
    return Source("", row.title, row.text, tuple(zip(row.headings[::2], row.headings[1::2], strict=True)), tuple(row.page_starts))  # fmt: skip


def _sayable(s: ReadSession, source: Source) -> list[Check]:
    """What goes to any buyer is held against the rules of conduct of every country and names no client, as an answer is: each with its place."""
    given, now = list(passages(source)), clock.now()
    words = [" ".join(each.text.split()) for each in given]
    named = names_client(s, "\n".join(words))
    where = next(
        (
            in_words(source, each.start)
            for each, text in zip(given, words, strict=True)
            if named.lower() in text.lower()
        ),
        "",
    )
    checks = [
        Check.that(
            "paper-names-nobody", not named, f"It names {named} ({where or 'in its text'}): what goes to every client names none. Add a copy without the name.",
            "It names no client.",
        )
    ]  # fmt: skip
    for found in check_answer(s, "\n".join(words), now):
        if not found.passed or found.reason.startswith(LOOK_AGAIN):
            found = replace(
                found, reason=f"{found.reason} {_places(s, found.id, source, given, now)}".rstrip()
            )
        checks.append(found)
    return checks


def _places(s: ReadSession, check_id: str, source: Source, given: Sequence[Passage], now: datetime) -> str:
    """Where in the paper a rule was not passed, the first places."""
    found = []
    for each in given:
        again = {one.id: one for one in check_answer(s, " ".join(each.text.split()), now)}[check_id]
        if not again.passed or again.reason.startswith(LOOK_AGAIN):
            found.append(
                f"{in_words(source, each.start) or 'its text'}: “{shorten(' '.join(each.text.split()), 90)}”"
            )
        if len(found) == MOST_PLACES:
            break
    return f"It stands in {'; '.join(found)}." if found else ""


@handler(ReleasePaper, target=_others, checks=[_fit])
def release_paper(tx: WriteSession, action: ReleasePaper, target: Target) -> Change:
    """It may be quoted."""
    given = {
        "id": action.document_id, "owner": action.owner_id, "by": tx.maker_id, "now": tx.now, "review_by_on": action.review_by_on,
    }  # fmt: skip
    tx.execute(_RELEASE, given)
    after = {
        "owner_id": str(action.owner_id),
        "review_by_on": action.review_by_on.isoformat(),
        "state": "released",
    }
    return Change("document", target.id, after=after, result={"state": "released"})


@handler(WithdrawPaper, target=_document)
def withdraw_paper(tx: WriteSession, action: WithdrawPaper, target: Target) -> Change:
    """It is quoted no more, and what was quoted from it does not leave."""
    found = find_paper(tx, action.document_id)
    if found is None:
        raise NotFound("paper")
    if found.version != action.expected_version:
        raise Conflict("paper", expected=action.expected_version, found=found.version)
    if found.state != "released":
        raise Refused("It is withdrawn already.", code="nothing_to_change")
    tx.execute(
        "UPDATE remit.papers SET state = 'withdrawn', why = :why, version = version + 1, updated_at = :now WHERE document_id = :id",
        {"why": action.reason, "now": tx.now, "id": action.document_id},
    )
    return Change(
        "document", target.id, {"state": "released"}, {"state": "withdrawn", "why": action.reason}, result={"state": "withdrawn"},
    )  # fmt: skip

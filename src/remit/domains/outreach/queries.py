"""Reading drafts: one with its sentences and checks, lists, and the message as it will look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.outreach import rules
from remit.domains.outreach.material import Checked, Material, examine, gather, gather_of
from remit.evidence.facts import Fact
from remit.evidence.support import Sentence
from remit.kit import clock, paging
from remit.llm.embedded.outreach import WRITER, NothingToSay, compose
from remit.scope import Scope

# a draft counts as waiting while a suggestion about it waits, and as recalled while its effect is: each state has one home
_COLUMNS: Final = """d.id, d.account_id, d.access_id, d.contact_id, d.opportunity_id, d.kind, d.channel, d.subject, d.body, d.writer, d.note,
    d.sentences, d.checks, d.sendable, d.author_id, d.reply_to_id, d.corrects_message_id, d.length, d.tone, d.subjects, d.about_activity_id, d.template_version_id, d.enrolment_step_id, d.continues_message_id, d.attached, d.edited, d.created_at, d.updated_at, d.version, d.written,
    CASE WHEN w.held = '' THEN '' ELSE d.held END AS held,
    CASE WHEN d.state = 'draft' AND w.id IS NOT NULL THEN 'waiting' WHEN d.state = 'sent' AND e.state = 'recalled' THEN 'recalled'
        ELSE d.state END AS state,
    w.id AS suggestion_id, encode(w.payload_hash, 'hex') AS payload_hash,
    a.name AS account_name, c.first_name, c.last_name, c.email, p.name AS author_name"""
_FROM: Final = """FROM remit.drafts d JOIN remit.accounts a ON a.id = d.account_id
    LEFT JOIN remit.contacts c ON c.id = d.contact_id JOIN remit.people p ON p.id = d.author_id
    LEFT JOIN remit.effects e ON e.id = d.effect_id
    LEFT JOIN LATERAL (SELECT g.id, g.payload_hash, g.held FROM remit.suggestions g WHERE g.object_type = 'draft' AND g.object_id = d.id
        AND g.state = 'waiting' ORDER BY g.proposed_at DESC LIMIT 1) w ON true"""
# the contact to write to when only the account is named: reachable, and closest to what we sell
_CONTACT: Final = """
SELECT c.id FROM remit.contacts c WHERE c.account_id = :account AND c.email IS NOT NULL AND c.email <> ''
  AND NOT remit.must_not_contact(c.email, c.account_id)
  AND coalesce((SELECT k.state FROM remit.consents k WHERE k.contact_id = c.id AND k.channel = 'email'
                ORDER BY k.at DESC, k.id DESC LIMIT 1), '') <> 'withdrawn'
ORDER BY coalesce(c.title, '') ~* '(trad|operat|coo|technolog|cto|risk|portfolio)' DESC, c.created_at, c.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A stored draft. `sentences` and `checks` are those of the last write."""

    id: UUID
    account_id: UUID
    account_name: str
    contact_id: UUID | None
    contact_name: str
    to_address: str
    kind: str
    channel: str
    subject: str
    body: str
    writer: str
    note: str
    sentences: Sequence[Mapping[str, Any]]
    checks: Sequence[Mapping[str, Any]]
    sendable: bool
    author_id: UUID
    author_name: str
    reply_to_id: UUID | None
    state: str
    edited: bool
    suggestion_id: UUID | None
    payload_hash: str | None
    personalisation: float
    minutes_saved: float
    created_at: datetime
    updated_at: datetime
    version: int
    corrects_message_id: UUID | None = None
    length: str = "short"
    tone: str = "direct"
    subjects: Sequence[str] = ()
    about_activity_id: UUID | None = None
    template_version_id: UUID | None = None
    enrolment_step_id: UUID | None = None
    continues_message_id: UUID | None = None
    """The message of ours in whose thread it goes."""
    attached: Mapping[str, Any] | None = None
    """The file that leaves with it, as `attaching.Attached`; None without."""
    written: str = ""
    """What the writer wrote at first; "" where a person did."""
    held: str = ""
    """Why it may not be sent yet: a restore, and nobody has looked whether it left since the backup."""

    @property
    def closed(self) -> bool:
        """Whether its text can change no more: sent, called back or discarded."""
        return self.state in ("sent", "recalled", "discarded")


# a draft says the instant at which its transaction began, some milliseconds before its number was made
_WRITTEN_AT: Final = """to_timestamp((('x' || substr(replace(CAST(g.object_id AS text), '-', ''), 1, 12))::bit(48)::bigint) / 1000.0)
    - make_interval(secs => (4000 + (hashtext(CAST(g.object_id AS text)) & 32767)) / 1000000.0)"""
# what a suggestion alone says of the e-mail that it asks for, where no draft stands behind it
_ASKED: Final = f"""
SELECT g.object_id AS id, g.account_id, g.access_id, c.id AS contact_id, CAST(NULL AS uuid) AS opportunity_id, 'outreach' AS kind, 'email' AS channel,
    g.payload ->> 'subject' AS subject, g.payload ->> 'body' AS body, '{WRITER}' AS writer, '' AS note, p.id AS author_id, CAST(NULL AS uuid) AS reply_to_id,
    CAST(NULL AS uuid) AS corrects_message_id, 'short' AS length, 'direct' AS tone, ARRAY[g.payload ->> 'subject'] AS subjects,
    CAST(NULL AS uuid) AS about_activity_id, CAST(NULL AS uuid) AS template_version_id, CAST(NULL AS uuid) AS enrolment_step_id, CAST(NULL AS uuid) AS continues_message_id, CAST(NULL AS jsonb) AS attached, false AS edited,
    {_WRITTEN_AT} AS created_at, {_WRITTEN_AT} AS updated_at, CAST(g.payload ->> 'expected_version' AS int) AS version, g.payload ->> 'body' AS written,
    '' AS held, 'waiting' AS state, g.id AS suggestion_id, encode(g.payload_hash, 'hex') AS payload_hash, a.name AS account_name, c.first_name,
    c.last_name, c.email, p.name AS author_name
FROM remit.suggestions g JOIN remit.accounts a ON a.id = g.account_id JOIN remit.people p ON p.id = coalesce(g.on_behalf_of, g.proposed_by)
JOIN remit.contacts c ON c.id = CAST(g.payload ->> 'contact_id' AS uuid)
WHERE g.object_type = 'draft' AND g.kind = 'SendEmail' AND g.state = 'waiting'
"""
# … in a list: those that have no draft of their own there
_ASKED_AMONG: Final = f"""SELECT * FROM ({_ASKED} AND NOT EXISTS (SELECT FROM remit.drafts d WHERE d.id = g.object_id)) x
WHERE (CAST(:author AS uuid) IS NULL OR author_id = :author) AND (CAST(:account AS uuid) IS NULL OR account_id = :account)
  AND (CAST(:changed AS timestamptz) IS NULL OR (updated_at, id) < (CAST(:changed AS timestamptz), CAST(:last AS uuid)))
ORDER BY updated_at DESC, id DESC LIMIT :limit"""


def _asked_for(s: ReadSession, draft_id: UUID) -> Draft | None:
    """The e-mail of a suggestion that waits with no draft behind it (a seeded one): looked at, it is like any other."""
    row = s.row(f"{_ASKED} AND g.object_id = :id", {"id": draft_id})
    return None if row is None else _as_written(s, row)


def _as_written(s: ReadSession, row: Row[Any]) -> Draft:
    """What a suggestion alone asks for, with what the checks say of it now."""
    now = clock.now()
    material = gather(s, row.contact_id, row.author_id, now)
    found = examine(s, material, row.subject, row.body, now)
    as_kept = {"sentences": sentence_rows(found, material.facts), "checks": check_rows(found), "sendable": found.sendable, "subjects": _choice(material, row.subject)}  # fmt: skip
    return _draft(SimpleNamespace(**{**row._mapping, **as_kept}))


def _choice(material: Material, subject: str) -> list[str]:
    """The subject lines that the writer would offer beside this one."""
    try:
        text = compose(material.reader, material.writer, material.facts, material.context)
    except NothingToSay:
        return [subject]
    return list(dict.fromkeys([subject, *text.subjects]))[: len(text.subjects)]


def load_draft(s: ReadSession, draft_id: UUID) -> Draft:
    """One draft inside a session. Raises NotFound."""
    row = s.row(f"SELECT {_COLUMNS} {_FROM} WHERE d.id = :id", {"id": draft_id})
    if row is None and (asked := _asked_for(s, draft_id)) is not None:
        return asked
    if row is None:
        raise NotFound("draft")
    return _draft(row)


def get_draft(scope: Scope, draft_id: UUID) -> Draft:
    """One draft. Raises NotFound."""
    with read(scope) as s:
        return load_draft(s, draft_id)


def count_stored(scope: Scope, draft_id: UUID) -> int:
    """1 where a draft stands behind the number, in what the scope may see; 0 where only a suggestion does."""
    with read(scope) as s:
        return int(s.scalar("SELECT count(*) FROM remit.drafts WHERE id = :id", {"id": draft_id}) or 0)


def list_drafts(
    scope: Scope,
    *,
    author_id: UUID | None = None,
    account_id: UUID | None = None,
    state: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> paging.Page[Draft]:
    """Drafts the scope may see, last changed at the top. `state`: draft, waiting, sent, recalled, discarded (None: all but discarded)."""
    wanted = paging.size(limit)
    changed, last = _place(after)
    asked = {
        "author": author_id, "account": account_id, "state": state, "changed": changed, "last": last, "limit": wanted + 1,
    }  # fmt: skip
    with read(scope) as s:
        rows = s.rows(
            f"""SELECT * FROM (SELECT {_COLUMNS} {_FROM}
            WHERE (CAST(:author AS uuid) IS NULL OR d.author_id = :author)
              AND (CAST(:account AS uuid) IS NULL OR d.account_id = :account)) x
            WHERE CASE WHEN CAST(:state AS text) IS NULL THEN state <> 'discarded' ELSE state = :state END
              AND (CAST(:changed AS timestamptz) IS NULL OR (updated_at, id) < (CAST(:changed AS timestamptz), CAST(:last AS uuid)))
            ORDER BY updated_at DESC, id DESC LIMIT :limit""",
            asked,
        )
        alone = s.rows(_ASKED_AMONG, asked) if state in (None, "waiting") else []
        both = sorted([*rows, *alone], key=lambda row: (row.updated_at, row.id), reverse=True)[: wanted + 1]
        found = [_as_written(s, row) if row in alone else _draft(row) for row in both]
    return paging.page(found, wanted, lambda one: (one.updated_at.isoformat(), str(one.id)))


def _place(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if not cursor:
        return None, None
    changed, last = paging.decode(cursor, 2)
    try:
        return datetime.fromisoformat(str(changed)), UUID(str(last))
    except ValueError as error:
        raise paging.CursorInvalid("this page address belongs to another list") from error


def examine_text(s: ReadSession, draft: Draft, subject: str, body: str) -> tuple[Material, Checked]:
    """Any text in the place of the draft's own, held against facts and rules of now."""
    if draft.contact_id is None:
        raise NotFound("contact of this draft")
    now = clock.now()
    material = gather_of(s, draft, now)
    return material, examine(s, material, subject, body, now)


def preview(
    scope: Scope, draft_id: UUID, subject: str | None = None, body: str | None = None
) -> dict[str, Any]:
    """The document of `remit draft` for a draft, or for a changed text of it that is not stored (checks as one types).

    Of one that has left, or was put away: as it was then. What is true only since is no fault of it.
    """
    with read(scope) as s:
        draft = load_draft(s, draft_id)
        if draft.closed:
            return stored_document(draft)
        shown = (draft.subject if subject is None else subject, draft.body if body is None else body)
        material, found = examine_text(s, draft, *shown)
    return document(draft, material, found, *shown)


def pick_contact(scope: Scope, account_id: UUID) -> UUID:
    """The contact of an account to write to when none is named. Raises NotFound."""
    with read(scope) as s:
        found: UUID | None = s.scalar(_CONTACT, {"account": account_id})
    if found is None:
        raise NotFound("contact with an address that may be written to")
    return found


def find_contact(scope: Scope, who: str) -> UUID:
    """A contact by id or e-mail address. Raises NotFound, also when an address belongs to several."""
    return _only(
        scope,
        "contact",
        "SELECT id FROM remit.contacts WHERE id = :who",
        "SELECT c.id FROM remit.contacts c WHERE lower(c.email) = lower(:who) LIMIT 2",
        who,
    )


def account_of(scope: Scope, contact_id: UUID) -> UUID:
    """The account of a contact. Raises NotFound."""
    with read(scope) as s:
        found: UUID | None = s.scalar(
            "SELECT account_id FROM remit.contacts WHERE id = :id", {"id": contact_id}
        )
    if found is None:
        raise NotFound("contact")
    return found


def find_account(scope: Scope, which: str) -> UUID:
    """An account by id or exact name. Raises NotFound, also when a name belongs to several."""
    return _only(
        scope,
        "account",
        "SELECT id FROM remit.accounts WHERE id = :who",
        "SELECT c.id FROM remit.accounts c WHERE lower(c.name) = lower(:who) LIMIT 2",
        which,
    )


def _only(scope: Scope, what: str, by_id: str, by_name: str, who: str) -> UUID:
    """The one row that `who` names, by id when it reads as one. Raises NotFound for none and for several."""
    asked: tuple[str, UUID | str]
    try:
        asked = by_id, UUID(who)
    except ValueError:
        asked = by_name, who.replace("\x00", "").strip()
    with read(scope) as s:
        rows = s.rows(asked[0], {"who": asked[1]})
    if len(rows) != 1:
        raise NotFound(what)
    found: UUID = rows[0].id
    return found


def sentence_rows(checked: Checked, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Sentences as stored and shown: text, place, kind, support, reason, and a citation for each fact."""
    return rows_of(checked.sentences, facts)


def rows_of(sentences: Iterable[Sentence], facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """As `sentence_rows`, for sentences that stand in no draft."""
    known = {fact.id: fact for fact in facts}
    return [
        {
            "text": one.text, "start": one.start, "end": one.end, "kind": one.kind, "support": one.support.state,
            "reason": one.support.reason, "missing": list(one.support.missing), "derived": list(one.support.derived),
            "fact_ids": [str(found) for found in one.support.fact_ids],
            "ours": all(known[found].account_id is None for found in one.support.fact_ids),
            "citations": [_citation(known[found]) for found in one.support.fact_ids],
        }
        for one in sentences
    ]  # fmt: skip


def _citation(fact: Fact) -> dict[str, Any]:
    return {
        "fact_id": str(fact.id), "source": fact.source_name, "locator": fact.locator, "quote": fact.quote or fact.value,
        "as_of": fact.as_of_on.isoformat(),
        "valid_until": fact.valid_until_on.isoformat() if fact.valid_until_on else None,
    }  # fmt: skip


def check_rows(checked: Checked) -> list[dict[str, Any]]:
    """Checks as stored and shown."""
    return [{"id": one.id, "passed": one.passed, "reason": one.reason} for one in checked.checks]


def as_stored(found: Checked, material: Material) -> dict[str, Any]:
    """What was found of a text, as the columns `sentences`, `checks` and `sendable` of its draft keep it."""
    return {
        "sentences": json.dumps(sentence_rows(found, material.facts)),
        "checks": json.dumps(check_rows(found)),
        "sendable": found.sendable,
    }


def document(draft: Draft, material: Material, found: Checked, subject: str, body: str) -> dict[str, Any]:
    """What `remit draft` prints, checked as things stand now."""
    return _document(draft, subject, body) | {
        "claims": sentence_rows(found, material.facts), "checks": check_rows(found), "sendable": found.sendable,
        "personalisation": rules.personalisation(found.sentences, material.facts, material.context),
        "specific": _specific(found),
    }  # fmt: skip


def stored_document(draft: Draft) -> dict[str, Any]:
    """As `document`, with what the checks said when the draft was last written or sent."""
    return _document(draft, draft.subject, draft.body) | {
        "claims": list(draft.sentences), "checks": list(draft.checks), "sendable": draft.sendable,
        "personalisation": draft.personalisation, "specific": None,
    }  # fmt: skip


def _specific(found: Checked) -> dict[str, Any] | None:
    one = found.specific
    if one is None:
        return None
    floor = settings.load().outreach_floor
    return {
        "score": one.score, "floor": floor, "facts": one.fact_count, "overlap": round(one.overlap, 3), "reasons": one.reasons,
    }  # fmt: skip


def _document(draft: Draft, subject: str, body: str) -> dict[str, Any]:
    return {
        "draft_id": str(draft.id), "kind": draft.kind, "reply_to": str(draft.reply_to_id) if draft.reply_to_id else None, "version": draft.version, "state": draft.state,
        "account": draft.account_name, "contact": draft.contact_name, "to": draft.to_address,
        "subject": subject, "subjects": list(draft.subjects), "body": body, "length": draft.length, "tone": draft.tone,
        "writer": draft.writer, "note": draft.note, "follows_up": str(draft.about_activity_id) if draft.about_activity_id else None,
        "template_version_id": str(draft.template_version_id) if draft.template_version_id else None,
        "continues": str(draft.continues_message_id) if draft.continues_message_id else None,
        "minutes_saved": rules.minutes_saved(draft.written, body), "minutes_saved_basis": rules.MINUTES_BASIS,
        "attached": dict(draft.attached) if draft.attached else None,
        "suggestion_id": str(draft.suggestion_id) if draft.suggestion_id else None, "payload_hash": draft.payload_hash,
    }  # fmt: skip


def _draft(row: Row[Any] | SimpleNamespace) -> Draft:
    about = sum(len(one["text"].split()) for one in row.sentences if one["citations"] and not one["ours"])
    counted = sum(len(one["text"].split()) for one in row.sentences if one["kind"] != "courtesy")
    return Draft(
        id=row.id, account_id=row.account_id, account_name=row.account_name, contact_id=row.contact_id,
        contact_name=f"{row.first_name or ''} {row.last_name or ''}".strip(), to_address=row.email or "", kind=row.kind,
        channel=row.channel, subject=row.subject, body=row.body, writer=row.writer, note=row.note, sentences=row.sentences, checks=row.checks,
        sendable=row.sendable, author_id=row.author_id, author_name=row.author_name, reply_to_id=row.reply_to_id,
        state=row.state, edited=row.edited, suggestion_id=row.suggestion_id, payload_hash=row.payload_hash,
        personalisation=round(about / counted, 3) if counted else 0.0, minutes_saved=rules.minutes_saved(row.written, row.body),
        created_at=row.created_at, updated_at=row.updated_at, version=row.version, corrects_message_id=row.corrects_message_id, written=row.written,
        length=row.length, tone=row.tone, subjects=tuple(row.subjects), about_activity_id=row.about_activity_id,
        template_version_id=row.template_version_id, enrolment_step_id=row.enrolment_step_id, continues_message_id=row.continues_message_id, held=row.held,
        attached=row.attached,
    )  # fmt: skip

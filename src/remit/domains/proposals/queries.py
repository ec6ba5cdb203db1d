"""Reads: proposals in lists and one by one, approved versions, hand-overs, times."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.proposals import rules
from remit.domains.proposals.model import Document, of_plain
from remit.domains.proposals.records import Approved, Issue, Proposal, proposal_of
from remit.kit import paging
from remit.kit.paging import Page
from remit.scope import Scope

LEFT: Final = """remit.proposal_issues i LEFT JOIN remit.effects e ON e.id = i.effect_id
    WHERE i.proposal_id = p.id AND coalesce(e.state, '') NOT IN ('recalled', 'failed')"""
"""SQL after FROM: the hand-overs of proposal `p` that count; an e-mail that was called back or failed handed nothing over."""
_STATE: Final = (
    f"CASE WHEN p.state = 'issued' AND NOT EXISTS (SELECT FROM {LEFT}) THEN 'approved' ELSE p.state END"
)
_COLUMNS: Final = f"""
SELECT p.id, p.number, p.account_id, p.access_id, a.name AS account, a.key_account, a.segment, p.opportunity_id, o.name AS deal,
       p.contact_id, p.author_id, w.name AS author, p.title, {_STATE} AS state, p.terms, p.terms_sha256, p.document, p.sha256, p.template_sha256,
       p.complexity, p.expires_on, p.list_minor, p.amount_minor, p.amount_currency, p.discount_bp, p.discount_sha256,
       coalesce(d.name, '') AS discount_by, p.discount_at, p.edited, p.requested_at, coalesce(y.name, '') AS approved_by, p.approved_at,
       coalesce(p.approved_number, 0) AS approved_number, p.first_approved_at, p.active_minutes, (SELECT min(i.at) FROM {LEFT}) AS issued_at, p.updated_at, p.version
FROM remit.proposals p JOIN remit.accounts a ON a.id = p.account_id JOIN remit.opportunities o ON o.id = p.opportunity_id
JOIN remit.people w ON w.id = p.author_id LEFT JOIN remit.people d ON d.id = p.discount_by LEFT JOIN remit.people y ON y.id = p.approved_by
"""
_ONE: Final = _COLUMNS + "WHERE p.id = :id"
_NUMBERED: Final = _COLUMNS + "WHERE p.number = :number"
_OF_DEAL: Final = _COLUMNS + "WHERE p.opportunity_id = :deal ORDER BY p.id DESC LIMIT 50"
_LIST: Final = (
    _COLUMNS
    + f"""WHERE (CAST(:state AS text) IS NULL OR {_STATE} = :state) AND (CAST(:author AS uuid) IS NULL OR p.author_id = :author)
  AND (CAST(:after AS timestamptz) IS NULL OR (p.updated_at, p.id) < (CAST(:after AS timestamptz), CAST(:after_id AS uuid)))
ORDER BY p.updated_at DESC, p.id DESC LIMIT :limit"""
)
_VERSIONS: Final = """
SELECT v.id, v.number, v.document, v.sha256, v.template_sha256, y.name AS approved_by, v.approved_at
FROM remit.proposal_versions v JOIN remit.people y ON y.id = v.approved_by WHERE v.proposal_id = :id ORDER BY v.number DESC LIMIT 100
"""
_BEFORE: Final = """
SELECT v.document FROM remit.proposal_versions v JOIN remit.proposals p ON p.id = v.proposal_id
WHERE p.opportunity_id = :deal AND p.id <> :id ORDER BY v.approved_at DESC LIMIT 1
"""
_ISSUES: Final = """
SELECT i.id, i.number, i.format, i.file_sha256, c.first_name || ' ' || c.last_name AS contact, b.name AS by, i.at, i.effect_id,
       coalesce(e.state, '') AS sending
FROM remit.proposal_issues i LEFT JOIN remit.effects e ON e.id = i.effect_id JOIN remit.contacts c ON c.id = i.contact_id JOIN remit.people b ON b.id = i.by_id
WHERE i.proposal_id = :id ORDER BY i.at DESC LIMIT 100
"""
# minutes said with a request count once they are said, also where it was turned down, ran out or fell with an edit
_WORK: Final = """
SELECT person_id, began_at, ended_at, elsewhere_minutes FROM remit.proposal_work WHERE proposal_id = :id
UNION ALL
SELECT coalesce(g.on_behalf_of, g.proposed_by), g.proposed_at, g.proposed_at, CAST(g.payload ->> 'elsewhere_minutes' AS float) FROM remit.suggestions g
WHERE g.object_type = 'proposal' AND g.object_id = :id AND g.action_id IS NULL AND CAST(g.payload ->> 'elsewhere_minutes' AS float) > 0
  AND encode(g.payload_hash, 'hex') <> :under_way
"""
# a version that was approved is nobody's work any more: the next one is of whoever changes it, and of whoever drew it up
_MAKERS: Final = """
SELECT DISTINCT w.person_id FROM remit.proposal_work w WHERE w.proposal_id = :id AND w.doing IN ('draft', 'edit')
  AND w.ended_at > coalesce((SELECT max(v.approved_at) FROM remit.proposal_versions v WHERE v.proposal_id = :id), '-infinity')
"""


def load_proposal(s: ReadSession, proposal_id: UUID) -> Proposal:
    """One proposal inside an open session. Raises NotFound."""
    row = s.row(_ONE, {"id": proposal_id})
    if row is None:
        raise NotFound("proposal")
    return proposal_of(row)


def get_proposal(scope: Scope, proposal_id: UUID) -> Proposal:
    """As load_proposal, in a session of its own."""
    with read(scope) as s:
        return load_proposal(s, proposal_id)


def find_proposal(scope: Scope, named: str) -> Proposal:
    """By id, or by its reference (P-00012). Raises NotFound."""
    text = named.strip().upper().removeprefix("P-")
    with read(scope) as s:
        if text.isdigit() and len(text) < 10:
            row = s.row(_NUMBERED, {"number": int(text)})
            if row is not None:
                return proposal_of(row)
            raise NotFound("proposal")
        try:
            return load_proposal(s, UUID(named))
        except ValueError:
            raise NotFound("proposal") from None


def list_proposals(
    scope: Scope, *, state: str | None = None, author_id: UUID | None = None, after: str | None = None, size: int = 50
) -> Page[Proposal]:  # fmt: skip
    """Proposals, the last changed first."""
    given: dict[str, Any] = {
        "state": state,
        "author": author_id,
        "after": None,
        "after_id": None,
        "limit": size + 1,
    }
    if after:
        given["after"], given["after_id"] = paging.as_texts(after, 2)
    with read(scope) as s:
        rows = [proposal_of(row) for row in s.rows(_LIST, given)]
    more = rows[size - 1] if len(rows) > size else None
    return Page(
        tuple(rows[:size]), paging.encode((more.updated_at.isoformat(), str(more.id))) if more else None
    )


def list_of_deal(scope: Scope, opportunity_id: UUID) -> list[Proposal]:
    """The proposals of a deal, the newest first."""
    with read(scope) as s:
        return [proposal_of(row) for row in s.rows(_OF_DEAL, {"deal": opportunity_id})]


def load_versions(s: ReadSession, proposal_id: UUID) -> list[Approved]:
    """Its approved versions, the newest first."""
    return [
        Approved(**{**row._mapping, "document": of_plain(row.document)})
        for row in s.rows(_VERSIONS, {"id": proposal_id})
    ]


def list_versions(scope: Scope, proposal_id: UUID) -> list[Approved]:
    """As load_versions, in a session of its own. Raises NotFound."""
    with read(scope) as s:
        load_proposal(s, proposal_id)
        return load_versions(s, proposal_id)


def list_issues(scope: Scope, proposal_id: UUID) -> list[Issue]:
    """When files of it were taken to hand over, the last first."""
    with read(scope) as s:
        return [Issue(**row._mapping) for row in s.rows(_ISSUES, {"id": proposal_id})]


def find_before(scope: Scope, proposal: Proposal) -> Document | None:
    """What it is compared with: its last approved version, else the last that was approved at the same deal; None: neither."""
    with read(scope) as s:
        own = load_versions(s, proposal.id)
        if own and own[0].sha256 != proposal.sha256:
            return own[0].document
        if len(own) > 1:
            return own[1].document
        row = s.row(_BEFORE, {"deal": proposal.opportunity_id, "id": proposal.id}) if not own else None
        return of_plain(row.document) if row is not None else None


def load_work(s: ReadSession, proposal_id: UUID, under_way: str = "") -> list[rules.Stretch]:
    """All stretches of work on it. `under_way`: the hash of the request that is being performed, whose minutes are noted already."""
    return [
        rules.Stretch(**row._mapping) for row in s.rows(_WORK, {"id": proposal_id, "under_way": under_way})
    ]


def load_makers(s: ReadSession, proposal: Proposal) -> tuple[UUID, ...]:
    """Who had a hand in it: whoever drew it up, and whoever edited it since its last approved version."""
    edited = {row.person_id for row in s.rows(_MAKERS, {"id": proposal.id})}
    return tuple(sorted(edited | {proposal.author_id}))


def has_hand(scope: Scope, proposal: Proposal) -> bool:
    """Whether the reader is one of its makers."""
    with read(scope) as s:
        return scope.person_id in load_makers(s, proposal)

"""KeepTemplateText: a script or a document section kept with its account, exactly as the approved template gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import (
    Action,
    Change,
    Check,
    NotFound,
    Target,
    attributes_of,
    handler,
    perform,
    performed,
)
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.library import queries, readers
from remit.domains.library.fitting import check_fits
from remit.domains.library.using import load_used
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.artefacts import Kind, artefact
from remit.scope import Scope

_INSERT: Final = """
INSERT INTO remit.template_texts (id, account_id, access_id, contact_id, version_id, title, body, said, fact_ids, entered, by_id, made_at)
VALUES (:id, :account, :access, :contact, :version, :title, :body, CAST(:said AS jsonb), :facts, CAST(:entered AS jsonb), :by, :at)
"""
_ONE: Final = """
SELECT x.id, x.account_id, a.name AS account_name, x.contact_id, x.version_id, t.key, v.number, x.title, x.body, x.said, x.entered,
       p.name AS by_name, x.made_at
FROM remit.template_texts x JOIN remit.accounts a ON a.id = x.account_id JOIN remit.people p ON p.id = x.by_id
JOIN remit.template_versions v ON v.id = x.version_id JOIN remit.templates t ON t.id = v.template_id
"""
# minutes are not told: what part of a script was then said nobody knows
_ROWS: Final = """
SELECT x.id, x.by_id AS person_id, x.account_id, x.title, v.motion, x.made_at, x.made_at AS accepted_at, 'saved' AS accepted_how, false AS edited,
       CAST(NULL AS numeric) AS minutes, encode(sha256(convert_to(x.body, 'UTF8')), 'hex') AS sha256
FROM remit.template_texts x JOIN remit.template_versions v ON v.id = x.version_id
"""

artefact(Kind("template_text", "Texts from the library", "/library/texts/{id}", _ROWS))


class KeepTemplateText(Action):
    """Keep the text that a live template gives for a contact with what was entered. The handler writes it, not the caller."""

    event: ClassVar[str] = "template:text:keep"
    version_id: UUID
    contact_id: UUID
    entered: dict[Annotated[str, Field(max_length=30)], Annotated[str, Field(max_length=400)]] = Field(
        default_factory=dict, max_length=30
    )
    variant: int = Field(0, ge=0, le=1000)


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that was kept. `said`: its lines with what each stands on."""

    id: UUID
    account_id: UUID
    account_name: str
    contact_id: UUID | None
    version_id: UUID
    key: str
    number: int
    title: str
    body: str
    said: Sequence[dict[str, Any]]
    entered: dict[str, str]
    by_name: str
    made_at: datetime


def _contact(s: ReadSession, action: KeepTemplateText) -> Target:
    row = s.row(
        """SELECT c.id, c.account_id, c.access_id, a.segment, a.key_account, a.owner_id, a.name FROM remit.contacts c
        JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = :id""",
        {"id": action.contact_id},
    )
    if row is None:
        raise NotFound("contact")
    return Target(
        "contact", row.id, row.account_id, row.access_id, row.segment, title=f"Text for {row.name}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _usable(s: ReadSession, action: KeepTemplateText, _target: Target) -> Sequence[Check]:
    """S1-R1, and for whom it is."""
    version = queries.load_version(s, action.version_id)
    return [version.usable(clock.today()), *check_fits(version, readers.load_who(s, action.contact_id))]


@handler(KeepTemplateText, target=_contact, checks=[_usable])
def keep_text(tx: WriteSession, action: KeepTemplateText, target: Target) -> Change:
    """Render it here and now, and store what came out."""
    version, text_id = queries.load_version(tx, action.version_id), new_id()
    used = load_used(tx, version, action.contact_id, action.entered, action.variant)
    stored = {one.id for one in used.material.facts}
    facts = [one for one in used.rendered.fact_ids if one in stored]
    said = [{"text": one.text, "standing": one.standing, "reason": one.reason} for one in used.rendered.said]
    tx.execute(
        _INSERT,
        {
            "id": text_id, "account": target.account_id, "access": target.access_id, "contact": action.contact_id, "version": version.id,
            "title": used.rendered.subject, "body": used.rendered.body, "said": json.dumps(said), "facts": facts,
            "entered": json.dumps(action.entered), "by": tx.maker_id, "at": tx.now,
        },
    )  # fmt: skip
    after = {"template": version.key, "number": version.number, "body": used.rendered.body}
    return Change("template_text", text_id, after=after, result={"text_id": str(text_id)}, evidence_ids=facts)


def keep(scope: Scope, which: str, contact_id: UUID, entered: Mapping[str, str], *, variant: int = 0) -> UUID:
    """A call script or document section, kept with the account; gives the text's id. Raises NotFound, Refused."""
    with read(scope) as s:
        version = queries.load_named(s, which)
    done = perform(
        scope,
        KeepTemplateText(
            version_id=version.id, contact_id=contact_id, entered=dict(entered), variant=variant
        ),
    )
    done = performed(done)
    return UUID(str(done.result["text_id"]))


def get_text(scope: Scope, text_id: UUID) -> Kept:
    """One kept text. Raises NotFound."""
    with read(scope) as s:
        row = s.row(_ONE + "WHERE x.id = :id", {"id": text_id})
    if row is None:
        raise NotFound("text")
    return Kept(**row._mapping)

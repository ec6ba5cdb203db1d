"""A Word template of the firm's own: taking one in, the one in use. What may be in one: `inspection.py`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from remit.actions import (
    Action,
    Change,
    Check,
    NotFound,
    Performed,
    Refused,
    Target,
    Waiting,
    handler,
    perform,
)
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.proposals import inspection
from remit.domains.proposals.fixed_words import Paragraph, check_fixed_words, look_at
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

_NEWEST: Final = "SELECT id, name, content, sha256 FROM remit.proposal_templates WHERE active ORDER BY added_at DESC, id DESC LIMIT 1"
_ONE: Final = "SELECT content FROM remit.proposal_templates WHERE id = :id"
_LAID_BY: Final = """
SELECT id FROM remit.proposal_templates WHERE sha256 = :sha256 AND name = :name AND added_by = :by AND NOT active AND approved_by IS NULL
ORDER BY added_at LIMIT 1
"""
_KEEP: Final = """
INSERT INTO remit.proposal_templates (id, name, content, sha256, active, added_by, added_at, updated_at)
VALUES (:id, :name, :content, :sha256, false, :by, :now, :now)
"""
_USE: Final = """
UPDATE remit.proposal_templates SET active = true, name = :name, approved_by = :approver, added_at = :now, updated_at = :now, version = version + 1
WHERE id = :id AND NOT active
"""
_BY_HASH: Final = (
    "SELECT content FROM remit.proposal_templates WHERE sha256 = :sha256 ORDER BY added_at DESC LIMIT 1"
)
_LIST: Final = """
SELECT t.id, t.name, t.sha256, t.active, a.name AS added_by, coalesce(y.name, '') AS approved_by, t.added_at, t.version
FROM remit.proposal_templates t JOIN remit.people a ON a.id = t.added_by LEFT JOIN remit.people y ON y.id = t.approved_by
WHERE t.active ORDER BY t.added_at DESC, t.id DESC LIMIT 100
"""


class KeepTemplateFile(Action):
    """Lay a Word file by, of no use yet. The record names its hash; the file itself stands in one place, not in the act."""

    event: ClassVar[str] = "proposal_template:keep"
    by_api: ClassVar[bool] = False
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    content: bytes = Field(default=b"", exclude=True, repr=False)


class AddProposalTemplate(Action):
    """Use this Word file, which was laid by, for proposals from now on."""

    event: ClassVar[str] = "proposal_template:add"
    template_id: UUID
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Kept:
    """A template on record."""

    id: UUID
    name: str
    sha256: str
    active: bool
    added_by: str
    approved_by: str
    added_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class InUse:
    """The template that files are made with: its bytes (None: the one that ships) and hash ("": that one)."""

    content: bytes | None
    sha256: str


def bring_in(scope: Scope, name: str, data: bytes) -> Performed | Waiting:
    """Lay a file by and ask for it to be used; compliance approves it. Raises TemplateUnfit, and Refused for its words."""
    inspection.check(data)
    digest = hashlib.sha256(data).hexdigest()
    kept = perform(scope, KeepTemplateFile(name=name[:120], sha256=digest, content=data))
    if not isinstance(kept, Performed):
        return kept
    return perform(
        scope, AddProposalTemplate(template_id=UUID(str(kept.result["template_id"])), name=name[:120], sha256=digest)
    )  # fmt: skip


def _new(_session: ReadSession, action: KeepTemplateFile) -> Target:
    return Target("proposal_template", title=f"Word file: {action.name}")


def _template(session: ReadSession, action: AddProposalTemplate) -> Target:
    if session.row(_ONE, {"id": action.template_id}) is None:
        raise NotFound("Word template")
    return Target("proposal_template", action.template_id, title=f"Word template: {action.name}")


def _whole(_session: ReadSession, action: KeepTemplateFile, _target: Target) -> list[Check]:
    return [_fits(action.content, action.sha256)]


def _fit(session: ReadSession, action: AddProposalTemplate, _target: Target) -> list[Check]:
    """The file that was laid by is the one named, is a template and nothing else, and its own words keep the rules of conduct."""
    data = load_file(session, action.template_id)
    fits = _fits(data, action.sha256)
    return [fits, *check_fixed_words(session, data, clock.now())] if fits.passed else [fits]


def _fits(data: bytes, sha256: str) -> Check:
    try:
        inspection.check(data)
    except inspection.TemplateUnfit as unfit:
        return Check("template-fit", False, unfit.message)
    return Check.that(
        "template-fit", hashlib.sha256(data).hexdigest() == sha256, "The file is not the one that was named; choose it again.",
        "The file is a template and nothing else.",
    )  # fmt: skip


@handler(KeepTemplateFile, target=_new, checks=[_whole])
def keep_file(tx: WriteSession, action: KeepTemplateFile, _target: Target) -> Change:
    """Keep it once: the same file of the same person that nobody approved yet is the one that is there."""
    given = {"name": action.name, "sha256": action.sha256, "by": tx.maker_id}
    template_id = tx.scalar(_LAID_BY, given)
    if template_id is None:
        template_id = new_id()
        tx.execute(_KEEP, given | {"id": template_id, "content": action.content, "now": tx.now})
    return Change("proposal_template", template_id, after={"name": action.name, "sha256": action.sha256}, result={"template_id": str(template_id)})  # fmt: skip


@handler(AddProposalTemplate, target=_template, checks=[_fit])
def add_template(tx: WriteSession, action: AddProposalTemplate, _target: Target) -> Change:
    """From now on it is the newest, which is the one in use."""
    given = {"id": action.template_id, "name": action.name, "approver": tx.approver_id, "now": tx.now}
    if tx.execute(_USE, given).rowcount == 0:
        raise Refused("This template is in use already.", code="template_in_use")
    after = {"name": action.name, "sha256": action.sha256}
    result = {"template_id": str(action.template_id)}
    return Change("proposal_template", action.template_id, {"active": False}, after, result=result)


def load_file(s: ReadSession, template_id: UUID) -> bytes:
    """The bytes of one, in use or not. Raises NotFound."""
    row = s.row(_ONE, {"id": template_id})
    if row is None:
        raise NotFound("Word template")
    return bytes(row.content)


def get_words(scope: Scope, template_id: UUID) -> list[Paragraph]:
    """What it says of its own, with what the rules of conduct say of each paragraph. Raises NotFound."""
    with read(scope) as s:
        return look_at(s, load_file(s, template_id), clock.now())


def load_in_use(s: ReadSession) -> InUse:
    """The newest template of the firm's own, or the one that ships."""
    row = s.row(_NEWEST)
    return InUse(bytes(row.content), row.sha256) if row is not None else InUse(None, "")


def in_use(scope: Scope) -> InUse:
    """As load_in_use, in a session of its own."""
    with read(scope) as s:
        return load_in_use(s)


def load_content(s: ReadSession, sha256: str) -> bytes | None:
    """The template with this hash, which an approved version was made with; None: the one that ships. Raises NotFound for one not on record."""
    if not sha256:
        return None
    found = s.scalar(_BY_HASH, {"sha256": sha256})
    if found is None:
        raise NotFound("Word template of this version")
    return bytes(found)


def list_templates(scope: Scope) -> list[Kept]:
    """Templates of the firm's own, the newest first."""
    with read(scope) as s:
        return [Kept(**row._mapping) for row in s.rows(_LIST)]

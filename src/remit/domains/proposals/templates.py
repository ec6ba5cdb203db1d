"""A Word template of the firm's own: taking one in, the one in use. What may be in one: `inspection.py`."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from remit.actions import Action, Change, Check, NotFound, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.proposals.inspection import MOST_BYTES, TemplateUnfit, check
from remit.kit.ids import new_id
from remit.scope import Scope

_NEWEST: Final = "SELECT id, name, content, sha256 FROM remit.proposal_templates WHERE active ORDER BY added_at DESC, id DESC LIMIT 1"
_BY_HASH: Final = (
    "SELECT content FROM remit.proposal_templates WHERE sha256 = :sha256 ORDER BY added_at DESC LIMIT 1"
)
_LIST: Final = """
SELECT t.id, t.name, t.sha256, t.active, a.name AS added_by, coalesce(y.name, '') AS approved_by, t.added_at, t.version
FROM remit.proposal_templates t JOIN remit.people a ON a.id = t.added_by LEFT JOIN remit.people y ON y.id = t.approved_by
ORDER BY t.added_at DESC, t.id DESC LIMIT 100
"""


class AddProposalTemplate(Action):
    """Use this Word file for proposals from now on. `file_base64`: the file."""

    event: ClassVar[str] = "proposal_template:add"
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    file_base64: str = Field(max_length=MOST_BYTES * 4 // 3 + 8)
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


def adding(name: str, data: bytes) -> AddProposalTemplate:
    """The act that takes a file in, looked at first. Raises TemplateUnfit."""
    check(data)
    digest = hashlib.sha256(data).hexdigest()
    return AddProposalTemplate(name=name[:120], file_base64=base64.b64encode(data).decode(), sha256=digest)


def _template(_session: ReadSession, action: AddProposalTemplate) -> Target:
    return Target("proposal_template", title=f"Word template: {action.name}")


def _fit(_session: ReadSession, action: AddProposalTemplate, _target: Target) -> list[Check]:
    try:
        data = base64.b64decode(action.file_base64, validate=True)
        check(data)
    except binascii.Error:
        return [Check("template-fit", False, "The file did not arrive whole; choose it again.")]
    except TemplateUnfit as unfit:
        return [Check("template-fit", False, unfit.message)]
    same = hashlib.sha256(data).hexdigest() == action.sha256
    return [
        Check.that(
            "template-fit",
            same,
            "The file is not the one that was named.",
            "The file is a template and nothing else.",
        )
    ]


@handler(AddProposalTemplate, target=_template, checks=[_fit])
def add_template(tx: WriteSession, action: AddProposalTemplate, _target: Target) -> Change:
    """Keep it; the newest is the one in use."""
    template_id = new_id()
    tx.execute(
        """INSERT INTO remit.proposal_templates (id, name, content, sha256, added_by, approved_by, added_at, updated_at)
        VALUES (:id, :name, :content, :sha256, :by, :approver, :now, :now)""",
        {
            "id": template_id, "name": action.name, "content": base64.b64decode(action.file_base64), "sha256": action.sha256,
            "by": tx.maker_id, "approver": tx.approver_id, "now": tx.now,
        },
    )  # fmt: skip
    after = {"name": action.name, "sha256": action.sha256}
    return Change("proposal_template", template_id, after=after, result={"template_id": str(template_id)})


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

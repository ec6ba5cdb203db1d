"""A Word template of the firm's own: what may be in one, taking one in, the one in use.

A template is filled by a program, so it is looked at as one: it may loop over the lists of a proposal, ask whether a value is
there, and print values. It may call nothing. Macros, objects, and anything that Word would fetch from elsewhere are refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from remit.actions import Action, Change, Check, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.kit.ids import new_id
from remit.scope import Scope

MOST_BYTES: Final = 1_000_000
MOST_UNPACKED: Final = 20_000_000
MOST_PARTS: Final = 200
NAMES: Final = frozenset(
    {
        "reference", "title", "firm", "account", "reader", "reader_title", "seller", "seller_title", "seller_email", "day", "expires",
        "mark", "currency", "recurring", "once", "term", "discount", "total", "totals", "basis", "sections", "conditions", "sources", "approved",
    }
)  # fmt: skip
"""The values that a template may name; `presenting.shown` gives them."""
_BAD_PARTS: Final = (
    "vbaproject",
    "/embeddings/",
    "/activex/",
    "oleobject",
    "/controls/",
    "attachedtoolbars",
    "/afchunk",
)
_NEWEST: Final = "SELECT id, name, content, sha256 FROM remit.proposal_templates WHERE active ORDER BY added_at DESC, id DESC LIMIT 1"
_BY_HASH: Final = (
    "SELECT content FROM remit.proposal_templates WHERE sha256 = :sha256 ORDER BY added_at DESC LIMIT 1"
)
_LIST: Final = """
SELECT t.id, t.name, t.sha256, t.active, a.name AS added_by, coalesce(y.name, '') AS approved_by, t.added_at, t.version
FROM remit.proposal_templates t JOIN remit.people a ON a.id = t.added_by LEFT JOIN remit.people y ON y.id = t.approved_by
ORDER BY t.added_at DESC, t.id DESC LIMIT 100
"""


class TemplateUnfit(Refused):
    """The file cannot be a template; the message says where and why."""

    code = "template_unfit"


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


def check(data: bytes) -> None:
    """Whether the file may be a template: its size, its parts, what its tags do. Raises TemplateUnfit."""
    if len(data) > MOST_BYTES:
        raise TemplateUnfit(f"The file has more than {MOST_BYTES // 1000:,} kB; make its pictures smaller.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            _parts(pack)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise TemplateUnfit("This is no Word file (.docx), or a damaged or encrypted one.") from error
    _tags(data)


def _parts(pack: zipfile.ZipFile) -> None:
    parts = pack.infolist()
    names = [one.filename for one in parts]
    if "word/document.xml" not in names or len(names) != len(set(names)):
        raise TemplateUnfit("This is no Word document (.docx): it has no text part, or one part twice.")
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise TemplateUnfit("The file unpacks to more than a template may have; save it again from Word.")
    for name in names:
        if any(bad in f"/{name.casefold()}" for bad in _BAD_PARTS):
            raise TemplateUnfit(
                f"It holds {name}: a template may have no macro, control or embedded object. Save it as .docx without."
            )
    for name in names:
        if not name.endswith((".xml", ".rels")):
            continue
        with pack.open(name) as part:
            text = part.read(MOST_UNPACKED)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise TemplateUnfit(f"Its part {name} defines entities, which no Word file needs.")
        if name.endswith(".rels"):
            _links(name, text)
        if b"macroEnabled" in text and name == "[Content_Types].xml":
            raise TemplateUnfit("It is a macro-enabled file. Save it as .docx.")


def _links(name: str, text: bytes) -> None:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateUnfit(f"Its part {name} is damaged.") from error
    for one in root:
        if one.get("TargetMode") != "External":
            continue
        is_link = str(one.get("Type", "")).endswith("/hyperlink")
        if not is_link or not str(one.get("Target", "")).startswith(("https://", "mailto:")):
            raise TemplateUnfit(
                f"It refers to {str(one.get('Target', ''))[:80]!r} outside of the file: pictures and styles have to be in it, links begin with https://."
            )


def _tags(data: bytes) -> None:
    """Every tag of it prints, loops or asks; a trial with a made-up proposal gives a file."""
    from docxtpl import DocxTemplate
    from jinja2 import Environment, TemplateError, nodes

    allowed = (
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.For, nodes.If, nodes.Getattr, nodes.Const, nodes.Compare,
        nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    )  # fmt: skip
    made = DocxTemplate(io.BytesIO(data))
    environment = Environment(autoescape=True)
    try:
        for source in _sources(made):
            tree = environment.parse(source)
            _asked(tree, allowed)
    except TemplateError as error:
        raise TemplateUnfit(f"A tag of it cannot be read: {str(error)[:200]}.") from error


def _sources(made: object) -> Iterator[str]:
    """Text of the document, headers, footers, notes and properties, as docxtpl renders it."""
    made.init_docx()  # type: ignore[attr-defined]
    yield made.patch_xml(made.get_xml())  # type: ignore[attr-defined]
    for uri in (made.HEADER_URI, made.FOOTER_URI):  # type: ignore[attr-defined]
        for _key, part in made.get_headers_footers(uri):  # type: ignore[attr-defined]
            yield made.patch_xml(made.get_part_xml(part))  # type: ignore[attr-defined]


def _asked(tree: object, allowed: tuple[type, ...]) -> None:
    from jinja2 import nodes

    local: set[str] = set()
    deep = 0

    def walk(node: nodes.Node, depth: int) -> None:
        nonlocal deep
        if not isinstance(node, allowed):
            raise TemplateUnfit(
                f"Line {node.lineno}: a template may loop over lists, ask whether a value is there and print values; it may not use {type(node).__name__.lower()}."
            )
        if isinstance(node, nodes.For):
            depth += 1
            deep = max(deep, depth)
            if isinstance(node.target, nodes.Name):
                local.add(node.target.name)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise TemplateUnfit(f"Line {node.lineno}: {node.attr} is no value of a proposal.")
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in NAMES | local | {"loop"}:
            raise TemplateUnfit(
                f"It names {node.name}, which is no value of a proposal; there are {', '.join(sorted(NAMES))}."
            )
        for child in node.iter_child_nodes():
            walk(child, depth)

    assert isinstance(tree, nodes.Node)
    walk(tree, 0)
    if deep > 2:
        raise TemplateUnfit("It loops inside loops inside loops; two deep is what a proposal has.")


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


def in_use(scope: Scope) -> InUse:
    """The newest template of the firm's own, or the one that ships."""
    with read(scope) as s:
        row = s.row(_NEWEST)
    return InUse(bytes(row.content), row.sha256) if row is not None else InUse(None, "")


def find_content(scope: Scope, sha256: str) -> bytes | None:
    """The template with this hash, which an approved version was made with; None: the one that ships."""
    if not sha256:
        return None
    with read(scope) as s:
        found = s.scalar(_BY_HASH, {"sha256": sha256})
    return bytes(found) if found is not None else None


def list_templates(scope: Scope) -> list[Kept]:
    """Templates of the firm's own, the newest first."""
    with read(scope) as s:
        return [Kept(**row._mapping) for row in s.rows(_LIST)]

"""What may be in a Word template of the firm's own. It is filled by a program, and opened by a buyer's Word: it is looked at as both.

As a program it may loop over the lists of a proposal, ask whether a value is there, and print values; it calls nothing, and it
cannot swell. For Word it may hold text, pictures and page numbers: no macro, no object, no field that fetches or runs something,
no part that is shown without being a template's.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from remit.actions import Refused
from remit.domains.proposals.visible import WORD, printed, seen_sources

MOST_BYTES: Final = 1_000_000
MOST_UNPACKED: Final = 20_000_000
MOST_PARTS: Final = 200
MOST_GROWN: Final = 20_000_000
"""Characters that its loops may make, where each list has LONGEST entries."""
LONGEST: Final = 60
NAMES: Final = frozenset(
    {
        "reference", "title", "firm", "account", "reader", "reader_title", "seller", "seller_title", "seller_email", "day", "expires",
        "mark", "currency", "recurring", "once", "term", "discount", "total", "totals", "basis", "sections", "conditions", "sources", "approved",
    }
)  # fmt: skip
"""The values that a template may name; `presenting.shown` gives them."""
MUST: Final = ("mark", "expires", "totals", "conditions")
"""What a buyer must be able to read in every file: whether it is an offer, until when, at what price, on which conditions."""
_RELATIONS: Final = frozenset(
    {
        "officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles", "stylesWithEffects", "settings",
        "webSettings", "fontTable", "font", "theme", "numbering", "header", "footer", "footnotes", "endnotes", "image", "hyperlink", "customXml",
        "customXmlProps",
    }
)  # fmt: skip
"""What one part of the file may be to another: text, looks, pictures and links."""
_TEXT: Final = _RELATIONS - {"image", "hyperlink", "thumbnail", "font"}
_FIELDS: Final = frozenset(
    {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "STYLEREF", "REF", "PAGEREF", "SEQ", "TOC"}
)
"""Fields that only count and repeat what stands in the document."""
_BAD_PARTS: Final = (
    "vbaproject",
    "/embeddings/",
    "/activex/",
    "oleobject",
    "/controls/",
    "attachedtoolbars",
    "/afchunk",
)
_MARKUP: Final = frozenset(
    {"altChunk", "object", "OLEObject", "control", "subDoc", "mailMerge", "attachedTemplate"}
)
"""Elements by which another file is shown, run or fetched."""
_UNTAGGED: Final = ("docProps/", "word/footnotes", "word/endnotes")
_RAW: Final = re.compile(r"\{%[-+]?\s*raw\b")
_TAG: Final = ("{{", "{%", "{#")


class TemplateUnfit(Refused):
    """The file cannot be a template; the message says where and why."""

    code = "template_unfit"


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
        if not name.endswith((".xml", ".rels")):
            continue
        with pack.open(name) as part:
            text = part.read(MOST_UNPACKED)
        root = root_of(name, text)
        if name.endswith(".rels"):
            _links(root)
        elif name.startswith(_UNTAGGED) and any(tag in "".join(root.itertext()) for tag in _TAG):
            raise TemplateUnfit(
                f"A tag stands in {name}: tags belong in the text, its headers and footers, not in notes or properties."
            )
        if b"macroEnabled" in text and name == "[Content_Types].xml":
            raise TemplateUnfit("It is a macro-enabled file. Save it as .docx.")
        if name.startswith("word/"):
            _markup(name, root)


def root_of(name: str, text: bytes) -> Any:
    """The part as a tree, with nothing fetched or expanded. Raises TemplateUnfit."""
    from lxml import etree

    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise TemplateUnfit(f"Its part {name} defines entities, which no Word file needs.")
    try:
        return etree.fromstring(
            text, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )
    except etree.XMLSyntaxError as error:
        raise TemplateUnfit(f"Its part {name} is damaged.") from error


def _markup(name: str, root: Any) -> None:
    """No element that shows, runs or fetches another file; no field but those that count."""
    for one in root.iter():
        if isinstance(one.tag, str) and one.tag.rpartition("}")[2] in _MARKUP:
            raise TemplateUnfit(
                f"Its part {name} holds {one.tag.rpartition('}')[2]}: a template may have no macro, control, or embedded or linked file."
            )
    for code in _fields(root):
        first = (code.split() or [""])[0].upper()
        if first not in _FIELDS or any(tag in code for tag in _TAG):
            raise TemplateUnfit(
                f"Its part {name} holds the field {' '.join(code.split())[:60]!r}; fields of a template are {', '.join(sorted(_FIELDS))}. Type the text instead."
            )


def _fields(root: Any) -> Iterator[str]:
    """The codes of its fields, each put together from its runs; one inside another by itself."""
    within: list[list[str]] = []
    for one in root.iter(f"{WORD}fldSimple", f"{WORD}fldChar", f"{WORD}instrText", f"{WORD}delInstrText"):
        kind = one.tag.removeprefix(WORD)
        if kind == "fldSimple":
            yield str(one.get(f"{WORD}instr", ""))
        elif kind == "fldChar" and one.get(f"{WORD}fldCharType") == "begin":
            within.append([])
        elif kind == "fldChar" and within:  # "separate" ends the code, "end" the field
            if one.get(f"{WORD}fldCharType") == "end":
                within.pop()
            else:
                yield "".join(within[-1])
                within[-1] = ["PAGE"]
        elif kind != "fldChar":
            if not within:
                yield one.text or ""  # a code without a field around it: of no use to anybody honest
            else:
                within[-1].append(one.text or "")


def _links(root: Any) -> None:
    for one in root:
        kind, target = str(one.get("Type", "")).rpartition("/")[2], str(one.get("Target", ""))
        if one.get("TargetMode") == "External" and not (
            kind == "hyperlink" and target.startswith(("https://", "mailto:"))
        ):
            raise TemplateUnfit(
                f"It refers to {target[:80]!r} outside of the file: pictures and styles have to be in it, links begin with https://."
            )
        if kind in _TEXT and not target.endswith(".xml"):
            raise TemplateUnfit(
                f"Its {kind} is called {target[:80]!r}, which is no name of a text part. Save it again from Word as .docx."
            )
        if kind not in _RELATIONS:
            raise TemplateUnfit(
                f"It holds {target[:80]!r} as {kind[:40] or 'nothing known'}: a template has text, pictures and links. Save it as .docx without the rest."
            )


def _tags(data: bytes) -> None:
    """Every tag of it prints, loops or asks, and no loop makes a file too large to take out."""
    from docxtpl import DocxTemplate
    from jinja2 import Environment, TemplateError, nodes

    allowed = (
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.For, nodes.If, nodes.Getattr, nodes.Const, nodes.Compare,
        nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    )  # fmt: skip
    made = DocxTemplate(io.BytesIO(data))
    environment = Environment(autoescape=True)
    seen: set[str] = set()
    try:
        for source in _sources(made):
            if _RAW.search(source):
                raise TemplateUnfit(
                    "It may not use raw: what is between its tags would be printed as it stands."
                )
            _asked(environment.parse(source), allowed)
        for source in seen_sources(made):
            seen |= set(printed(environment.parse(source)))
    except TemplateError as error:
        raise TemplateUnfit(f"A tag of it cannot be read: {str(error)[:200]}.") from error
    if lacking := [name for name in MUST if name not in seen]:
        raise TemplateUnfit(
            f"It does not print {', '.join(lacking)}, or only sometimes, or where nobody sees it (hidden, deleted, white or tiny text, a text box, a header of the first page alone): a buyer has to read in every file whether it is an offer, until when, at what price and on which conditions."
        )


def _sources(made: object) -> Iterator[str]:
    """Text of the document, headers and footers, as docxtpl renders it; notes and properties hold no tags (`_parts`)."""
    made.init_docx()  # type: ignore[attr-defined]
    yield made.patch_xml(made.get_xml())  # type: ignore[attr-defined]
    for uri in (made.HEADER_URI, made.FOOTER_URI):  # type: ignore[attr-defined]
        for _key, part in made.get_headers_footers(uri):  # type: ignore[attr-defined]
            yield made.patch_xml(made.get_part_xml(part))  # type: ignore[attr-defined]


def _values_only(output: Any) -> None:
    """What is printed is a value of the proposal: a text inside of a tag would pass by whoever reads the template's words."""
    from jinja2 import nodes

    for one in output.nodes:
        if isinstance(one, nodes.Const | nodes.Compare | nodes.And | nodes.Or | nodes.Not):
            raise TemplateUnfit(
                f"Line {one.lineno}: a tag prints a value of the proposal and nothing else; type other words as text, not inside of {{{{ }}}}."
            )


def _asked(tree: object, allowed: tuple[type, ...]) -> None:
    from jinja2 import nodes

    local: set[str] = set()
    deep = grown = 0

    def walk(node: nodes.Node, depth: int) -> None:
        nonlocal deep, grown
        if not isinstance(node, allowed):
            raise TemplateUnfit(
                f"Line {node.lineno}: a template may loop over lists, ask whether a value is there and print values; it may not use {type(node).__name__.lower()}."
            )
        if isinstance(node, nodes.Output):
            _values_only(node)
        if isinstance(node, nodes.TemplateData):
            grown += len(node.data) * LONGEST**depth
        if isinstance(node, nodes.For):
            if not isinstance(node.iter, nodes.Name | nodes.Getattr):
                raise TemplateUnfit(f"Line {node.lineno}: a loop goes over a list of the proposal.")
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
    if grown > MOST_GROWN:
        raise TemplateUnfit("What its loops repeat is too large: keep pictures and long text out of them.")

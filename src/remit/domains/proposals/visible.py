"""What a Word template prints where its reader sees it: not hidden, deleted, white, tiny, in a text box or in a header that is switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

SMALLEST_HALF_POINTS: Final = 12
"""Six points: smaller print is not taken for something that a buyer reads."""
_PRINTS: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_OFF: Final = frozenset({"0", "false", "off", "none"})
_UNSEEN: Final = frozenset({"del", "moveFrom", "txbxContent"})
_WHITE: Final = frozenset({"FFFFFF", "FEFEFE", "FDFDFD", "FCFCFC"})


def printed(tree: Any) -> Iterator[str]:
    """Values that it prints whatever the proposal: outside of every question but one for the value itself; a list by a loop that prints its entries."""
    from jinja2 import nodes

    for node in tree.iter_child_nodes():
        if isinstance(node, nodes.Output):
            yield from (one.name for one in node.nodes if isinstance(one, nodes.Name))
        elif isinstance(node, nodes.For) and isinstance(node.iter, nodes.Name):
            if _prints_entries(node):
                yield node.iter.name
        elif isinstance(node, nodes.If) and isinstance(node.test, nodes.Name):
            yield from (name for name in printed(nodes.Template(node.body)) if name == node.test.name)


def _prints_entries(loop: Any) -> bool:
    """Whether the loop prints its own variable, or the `value` of it; a number of the round is none."""
    from jinja2 import nodes

    name = getattr(loop.target, "name", "")
    for part in loop.find_all(nodes.Output):
        for one in part.nodes:
            whole = isinstance(one, nodes.Name) and one.name == name
            value = (
                isinstance(one, nodes.Getattr) and one.attr == "value" and isinstance(one.node, nodes.Name)
            )
            if whole or (value and one.node.name == name):
                return True
    return False


def seen_sources(made: Any) -> Iterator[str]:
    """The text of the document and of the headers and footers of its ordinary pages, as docxtpl renders it, without what nobody sees."""
    body, unseen = made.docx._element.body, _unseen_styles(made.docx)
    yield _seen(made, body, unseen)
    shown = {
        one.get(f"{{{body.nsmap['r']}}}id")
        for kind in ("header", "footer")
        for one in body.iter(f"{WORD}{kind}Reference")
        if one.get(f"{WORD}type", "default") == "default"
    }
    for uri in (made.HEADER_URI, made.FOOTER_URI):
        for key, part in made.get_headers_footers(uri):
            if key in shown:
                yield _seen(made, _root(part.blob), unseen)


def _root(blob: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _seen(made: Any, root: Any, unseen: frozenset[str]) -> str:
    from lxml import etree

    tree = _root(etree.tostring(root))  # plain elements, whose text can be set
    for one in tree.iter():
        run = next(one.iterancestors(f"{WORD}r"), None) if one.tag == f"{WORD}t" else None
        if one.text and (run is None or _is_unseen(run, unseen)):
            one.text = _unprinted(one.text)
        for name, value in one.attrib.items():
            if "{{" in value:  # the description of a picture, the code of a field
                one.set(name, _unprinted(value))
    return str(made.patch_xml(made.xml_to_string(tree)))


def _unprinted(text: str) -> str:
    """What nobody reads, without what it prints; its loops and questions stay whole."""
    return _PRINTS.sub("", text) if "{%" in text or "%}" in text else ""


def _is_unseen(run: Any, unseen: frozenset[str]) -> bool:
    if any(each.tag.rpartition("}")[2] in _UNSEEN for each in run.iterancestors()):
        return True
    if any(_on(row.find(f"{WORD}trPr/{WORD}hidden")) for row in run.iterancestors(f"{WORD}tr")):
        return True
    paragraph = next(run.iterancestors(f"{WORD}p"), None)
    own = run.find(f"{WORD}rPr")
    styles = {
        _value(own, "rStyle"),
        _value(paragraph.find(f"{WORD}pPr") if paragraph is not None else None, "pStyle"),
    }
    return _hides(own) or bool(styles & unseen)


def _hides(look: Any) -> bool:
    """Whether a set of run properties makes text that nobody reads."""
    if look is None:
        return False
    if any(_on(look.find(f"{WORD}{name}")) for name in ("vanish", "webHidden", "specVanish")):
        return True
    size, colour = _value(look, "sz"), _value(look, "color").upper()
    small = size.isdigit() and int(size) < SMALLEST_HALF_POINTS
    return small or colour in _WHITE


def _unseen_styles(document: Any) -> frozenset[str]:
    """Styles that hide what is set in them, also by what they are based on."""
    root = document.styles.element
    styles = {one.get(f"{WORD}styleId", ""): one for one in root.iter(f"{WORD}style")}
    found = {name for name, one in styles.items() if _hides(one.find(f"{WORD}rPr"))}
    for _ in styles:
        more = {name for name, one in styles.items() if _value(one, "basedOn") in found} - found
        if not more:
            break
        found |= more
    return frozenset(found)


def _on(element: Any) -> bool:
    return element is not None and element.get(f"{WORD}val", "true") not in _OFF


def _value(parent: Any, name: str) -> str:
    one = parent.find(f"{WORD}{name}") if parent is not None else None
    return str(one.get(f"{WORD}val", "")) if one is not None else ""

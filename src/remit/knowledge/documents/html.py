"""What a reader sees of an HTML page: lines of text, table rows as cells between bars. Hidden text is left out."""

from __future__ import annotations

import re
from typing import Any, Final

from remit.evidence.facts import looks_like_instruction
from remit.knowledge.documents.model import Document, DocumentRefused, Warned

_BLOCKS: Final = frozenset(
    "p div tr table ul ol li h1 h2 h3 h4 h5 h6 section article header footer br hr blockquote pre body html title dt dd center".split()  # noqa: SIM905
)
_UNSHOWN: Final = frozenset("script style template noscript head iframe object svg select".split())  # noqa: SIM905
_SET_APART: Final = frozenset("b strong i em u h1 h2 h3 h4 h5 h6".split())  # noqa: SIM905
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0+)?(?:p[xt]|em|rem|%)?\s*(?:;|$|!)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|(?:text-indent|left|top)\s*:\s*-\d{3,}|(?:max-)?height\s*:\s*0(?:px)?\s*;.*overflow\s*:\s*hidden|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_WHITE: Final = re.compile(
    r"(?<!-)color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|transparent)",
    re.IGNORECASE,
)
_GROUND: Final = re.compile(
    r"background(?:-color)?\s*:\s*(?!#fff(?:fff)?\b|white\b|transparent|inherit|none|initial)\S",
    re.IGNORECASE,
)
_MARKED: Final = re.compile(
    r"font-weight\s*:\s*(?:bold|[6-9]00)|font-style\s*:\s*italic|text-decoration\s*:\s*underline",
    re.IGNORECASE,
)
_MACHINE: Final = re.compile(
    r"<[^>]*>|https?://\S+|\S+@\S+|[A-Za-z0-9+/=]{30,}"
)  # what tools leave in comments
_SPACE: Final = re.compile(r"[\s\u00a0]+")


class _Page:
    """Text under construction: lines, and the cells of the row that is open."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.plain = self.marked = 0
        self.cells: list[str] | None = None
        self.hidden = self.hidden_orders = self.unseen = 0

    def say(self, text: str, marked: bool) -> None:
        from remit.knowledge.documents.read import visible

        seen, warned = visible(text)
        self.unseen += sum(each.count for each in warned if each.code == "invisible_characters")
        self.hidden_orders += sum(each.code == "hidden_instruction" for each in warned)
        self.words.append(seen)
        size = len(seen.strip())
        if marked:
            self.marked += size
        else:
            self.plain += size

    def hide(self, text: str, known: bool) -> None:
        if len(text.strip()) < 2:
            return
        ordering = not known and _orders(text)
        self.hidden += not known
        self.hidden_orders += ordering

    def _taken(self) -> str:
        text = _SPACE.sub(" ", "".join(self.words)).strip()
        self.words.clear()
        return text

    def end_cell(self) -> None:
        text = self._taken()
        if self.cells is None or not text:
            return
        if self.cells and (
            text in (")", "%", ")%", "pts", "bps") or self.cells[-1] in ("$", "€", "£", "(", "$(")
        ):
            self.cells[-1] += text
        else:
            self.cells.append(text)

    def end_line(self) -> None:
        if self.cells is not None:  # a block inside a cell ends no row
            self.words.append(" ")
            return
        self._line(self._taken())

    def end_row(self) -> None:
        cells, self.cells = self.cells, None
        self._line(" | ".join(cells or []))

    def _line(self, text: str) -> None:
        if text:
            self.lines.append((text, self.marked > 0 and self.plain <= 2))
        self.plain = self.marked = 0


def read(text: str) -> Document:
    """The visible text of the page `text`. What is no markup is text. Raises DocumentRefused for endless nesting."""
    from lxml import etree, html

    body = re.sub(r"\A\s*(?:<\?xml[^>]*\?>\s*)", "", text)
    parser = html.HTMLParser(recover=True, huge_tree=True, remove_pis=True, no_network=True)
    root = html.document_fromstring(body or "<p></p>", parser=parser)
    if any("depth" in each.message.lower() for each in parser.error_log):
        raise DocumentRefused(
            "document_unknown",
            "The page nests its elements too deeply to be a document; nothing of it is read.",
        )
    page = _Page()
    # hides, known, marked, has its own ground: one entry per open element
    stack: list[tuple[bool, bool, bool, bool]] = [(False, False, False, False)]
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        if event == "comment":
            if _orders(str(element.text or "")):
                page.hidden_orders += 1
            _tell(page, element.tail, stack[-1])
        elif event == "start":
            _open(page, element, stack)
        else:
            _close(page, element, stack)
    page.end_line()
    return _document(page)


def _orders(text: str) -> bool:
    return looks_like_instruction(_MACHINE.sub(" ", text[:5000]))


def _open(page: _Page, element: Any, stack: list[tuple[bool, bool, bool, bool]]) -> None:
    tag = str(element.tag).lower()
    style = element.get("style") or ""
    hides, known, marked, ground = stack[-1]
    ground = ground or bool(_GROUND.search(style)) or element.get("bgcolor") is not None
    unshown = tag in _UNSHOWN or tag == "ix:header"
    hides = hides or unshown or element.get("hidden") is not None or bool(_HIDING.search(style))
    hides = (
        hides
        or (bool(_WHITE.search(style)) and not ground)
        or ((element.get("color") or "").lower() in ("#ffffff", "white") and not ground)
    )
    known = known or unshown
    marked = marked or tag in _SET_APART or bool(_MARKED.search(style))
    stack.append((hides, known, marked, ground))
    if tag == "tr":
        page.end_line()
        page.cells = []
    elif tag in _BLOCKS:
        page.end_line()
    _tell(page, element.text, stack[-1])


def _close(page: _Page, element: Any, stack: list[tuple[bool, bool, bool, bool]]) -> None:
    tag = str(element.tag).lower()
    stack.pop()
    if tag in ("td", "th"):
        page.end_cell()
    elif tag == "tr":
        page.end_cell()
        page.end_row()
    elif tag in _BLOCKS:
        page.end_line()
    _tell(page, element.tail, stack[-1])


def _tell(page: _Page, text: str | None, state: tuple[bool, bool, bool, bool]) -> None:
    if not text:
        return
    if state[0]:
        page.hide(text, state[1])
    else:
        page.say(text, state[2])


def _document(page: _Page) -> Document:
    parts: list[str] = []
    headings: list[tuple[int, int]] = []
    place = 0
    for line, heading in page.lines:
        if heading:
            headings.append((place, place + len(line)))
        parts.append(line)
        place += len(line) + 1
    warned: list[Warned] = []
    if page.hidden:
        warned.append(Warned("hidden_text", f"{page.hidden} hidden passages were left out.", page.hidden))
    if page.unseen:
        warned.append(
            Warned("invisible_characters", f"{page.unseen} invisible characters were taken out.", page.unseen)
        )
    if page.hidden_orders:
        warned.append(
            Warned(
                "hidden_instruction",
                f"{page.hidden_orders} hidden passages read like orders to software; they were left out.",
                page.hidden_orders,
            )
        )
    return Document("\n".join(parts), "html", tuple(headings), tuple(warned))

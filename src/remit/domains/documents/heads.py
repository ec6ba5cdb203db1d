"""What a filing's own head says: which form it is and who filed it. It is held against what a person chose, and picks nothing. Pure."""

from __future__ import annotations

import re
from typing import Final

from remit.domains.documents.rules import DocumentKind, kind_name
from remit.evidence.facts import plain_line
from remit.kit.text import name_key
from remit.knowledge import submissions
from remit.knowledge.documents import DocumentRefused

HEAD: Final = 6_000  # characters in which a cover names its form and its filer
_FORMS: Final[tuple[DocumentKind, ...]] = ("10-K", "10-Q", "8-K", "13F")
_OPEN: Final[frozenset[DocumentKind]] = frozenset({"pasted", "other"})
"""Kinds that a person chooses for whatever it is; no head speaks against them."""
_XML: Final = re.compile(r"<(?:\w+:)?submissionType>\s*([0-9A-Z][0-9A-Z/-]{1,15})\s*<")
# in capitals and alone on its line, so that "as our Form 10-K says" of a call is no head
_COVER: Final = re.compile(
    r"^[ \t]*FORM[ \t\xa0]+((?:10-?K|10-?Q|8-?K|13F(?:-HR|-NT)?)(?:/A)?)[ \t]*$", re.MULTILINE
)
_EXACT: Final = re.compile(r"\(?\s*Exact\s+name\s+of\s+(?:the\s+)?registrant", re.IGNORECASE)
_MANAGER: Final = re.compile(r"\AManager: (.+)$", re.MULTILINE)
_COMMON: Final = frozenset(
    {
        "and", "of", "the", "a", "an", "group", "holding", "holdings", "capital", "partners", "partner", "management", "asset",
        "assets", "investment", "investments", "fund", "funds", "advisors", "advisers", "advisory", "financial", "finance",
        "international", "global", "company", "trust", "bank", "services", "north", "south", "east", "west", "new", "first",
    }
)  # fmt: skip


def form_of(text: str) -> str:
    """The form that a submission's header, its XML or a cover page names, as `13F-HR`; '' when none does."""
    start = text[:400_000]
    if "CONFORMED SUBMISSION TYPE" in start or "<ACCESSION-NUMBER>" in start:
        head = submissions.header(start)
        return head.get("CONFORMED SUBMISSION TYPE") or head.get("TYPE", "")
    found = _XML.search(text, 0, HEAD) or _COVER.search(text, 0, HEAD)
    return found[1].upper() if found else ""


def check_kind(text: str, name: str, chosen: DocumentKind) -> None:
    """Raises DocumentRefused when a head says another kind than the person chose."""
    form = form_of(text)
    said = next((kind for kind in _FORMS if form.replace("10K", "10-K").startswith(kind)), None)
    if said is not None and said != chosen and chosen not in _OPEN:
        raise DocumentRefused(
            "document_kind",
            f"{name}: this says {form}; you chose {kind_name(chosen)}. Add it as {kind_name(said)}.",
        )


def filer_of(text: str, kind: DocumentKind, title: str = "") -> str:
    """Who filed it: the name on the cover, the manager of a 13F, or the title as the header of a submission made it; '' if unsaid."""
    if kind not in _FORMS:
        return ""
    if manager := _MANAGER.search(text, 0, HEAD):
        return plain_line(manager[1])
    if exact := _EXACT.search(text, 0, 2 * HEAD):
        above = [line for line in text[: exact.start()].splitlines() if re.search(r"[^\W\d_]{2}", line)]
        return plain_line(above[-1])[:200] if above else ""
    form, _, rest = title.partition(" · ")
    return plain_line(rest.partition(" · ")[0]) if rest and form.startswith(_FORMS) else ""


def looks_like(filer: str, account: str) -> bool:
    """Whether two names may be of one firm: the same without legal form, or a word in common that few firms carry."""
    one, other = name_key(filer), name_key(account)
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    return bool((set(one.split()) & set(other.split())) - _COMMON)

"""The wrapper in which EDGAR hands out a submission: a header and documents between SGML-like tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_DOCUMENT: Final = re.compile(r"<DOCUMENT>(.*?)(?=</DOCUMENT>|<DOCUMENT>|\Z)", re.DOTALL)
_FIELD: Final = re.compile(r"<(TYPE|SEQUENCE|FILENAME|DESCRIPTION)>([^<\r\n]*)", re.IGNORECASE)
_TEXT: Final = re.compile(r"<TEXT>(.*?)(?:</TEXT>|\Z)", re.IGNORECASE | re.DOTALL)
_INNER: Final = re.compile(r"\A\s*<(XML|XBRL)>\s*(.*?)\s*(?:</\1>\s*)?\Z", re.IGNORECASE | re.DOTALL)
# 'FILED AS OF DATE:  20230214' in .txt, '<FILING-DATE>20230214' in .nc
_LABELLED: Final = re.compile(r"^[ \t]*([A-Z][A-Z0-9 ()/-]+?):[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_TAGGED: Final = re.compile(r"<([A-Z][A-Z0-9-]+)>([^<\r\n]+)")


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a submission. `start` is where its body begins in the whole text."""

    type: str
    filename: str
    body: str
    start: int


def documents(text: str) -> list[Part]:
    """The documents of a submission in order; empty when the text is no submission."""
    if "<DOCUMENT>" not in text or "<TYPE>" not in text:  # in capitals: <document> is a word of EDGAR's XML
        return []
    found: list[Part] = []
    for match in _DOCUMENT.finditer(text):
        fields = {name.upper(): value.strip() for name, value in _FIELD.findall(match[1][:2000])}
        inner = _TEXT.search(text, match.start(1), match.end(1))
        start, body = (inner.start(1), inner[1]) if inner else (match.start(1), match[1])
        wrapped = _INNER.match(body)
        if wrapped:
            start, body = start + wrapped.start(2), wrapped[2]
        found.append(Part(fields.get("TYPE", ""), fields.get("FILENAME", ""), body, start))
    return found


def header(text: str) -> dict[str, str]:
    """Names and values of the submission's header, first one of each name; names in capitals with blanks."""
    top = re.split(r"<DOCUMENT>", text[:400_000], maxsplit=1, flags=re.IGNORECASE)[0]
    found: dict[str, str] = {}
    for name, value in [*_LABELLED.findall(top), *_TAGGED.findall(top)]:
        found.setdefault(name.replace("-", " ").strip(), value.strip())
    return found

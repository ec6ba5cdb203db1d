"""Keys, tokens and passwords. Words about passwords are no passwords: a value must stand behind the word."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from remit.llm.handling.spans import Found

_PRIVATE: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----|\s*[A-Za-z0-9+/=\s]{16,}?(?=\s[a-z]|$))",
    re.S,
)
_KNOWN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][A-Za-z0-9_-]{12,}|(?<![A-Za-z0-9])(?:ghp|gho|ghs|ghu)_[A-Za-z0-9]{20,}"
    r"|github_pat_[A-Za-z0-9_]{20,}|(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}|(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?|glpat-[A-Za-z0-9_-]{16,}"
)
_IN_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:([^\s@/]+)@")
_WORD: Final = (
    r"(?:api[ _-]?keys?|access[ _-]?keys?|secret[ _-]?(?:access[ _-]?)?keys?|client[ _-]?secrets?|secrets?|passwords?|passwd|pwd|passphrase|"
    r"passcode|pass|pin|tokens?|bearer|credentials?|private[ _-]?keys?)"
)
_SAID: Final = re.compile(
    rf"(?<![A-Za-z]){_WORD}\b(?:\s+for\s+[\w' -]{{1,40}}?(?=\s*[:=]|\sis\b))?\s*(?P<link>[:=]|\bis\b|\s)\s*[\"'“‘]?(?P<value>[^\s\"'”’,;]{{4,}})",
    re.I,
)
_ASSIGNED: Final = re.compile(
    rf"\b[A-Za-z0-9_]*{_WORD}[A-Za-z0-9_]*\s*=\s*[\"']?(?P<value>[^\s\"',;]{{6,}})", re.I
)
_PLAIN: Final = re.compile(r"[A-Za-z]+(?:[-'][A-Za-z]+)*[.!?)]*")
_PIN: Final = re.compile(r"\d{4,8}[.)]?")


def find(text: str) -> Iterator[Found]:
    """Private keys, tokens of known makers, values behind a word such as password, and passwords in addresses."""
    for match in _PRIVATE.finditer(text):
        yield Found(*match.span(), "PRIVATE_KEY")
    for match in _KNOWN.finditer(text):
        yield Found(*match.span(), "API_KEY")
    for match in _IN_URL.finditer(text):
        yield Found(*match.span(1), "PASSWORD")
    for pattern in (_SAID, _ASSIGNED):
        for match in pattern.finditer(text):
            value = match["value"].rstrip(".)!?:") if pattern is _SAID else match["value"]
            if _is_secret(value, match[0], match.groupdict().get("link") or "="):
                yield Found(match.start("value"), match.start("value") + len(value), "PASSWORD")


def _is_secret(value: str, said: str, link: str) -> bool:
    """Whether the word behind `password` is one. Behind a colon or an equals sign nearly anything is; else it must look like one."""
    if _PIN.fullmatch(value):
        return bool(re.match(r"(?:pass|pin)", said, re.I))
    if link in ":=" and link.strip():
        return not _PLAIN.fullmatch(value) or (link == "=" and len(value) >= 8)
    return not _PLAIN.fullmatch(value) and _mixed(value)


def _mixed(value: str) -> bool:
    """Letters with digits or signs in between, or a long run without order."""
    kinds = sum(
        (
            any(c.isalpha() for c in value),
            any(c.isdigit() for c in value),
            any(not c.isalnum() for c in value.strip("-._")),
        )
    )
    return (kinds >= 2 and len(value) >= 6) or (len(value) >= 20 and entropy(value) > 3.5)


def entropy(value: str) -> float:
    """Bits per character of the value's own distribution."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())

"""Shapes that several readers share: names of firms and people, lists of names, amounts, hedges; and the vocabulary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, Final

_WORD = r"[A-ZÀ-Þ][\w&.'’+-]*\w|[A-Z]\b|[A-Z]&[A-Z]\b"
NAME: Final = rf"(?:{_WORD})(?:[ ](?:(?:{_WORD})|of|de|van|der|du|&)){{0,5}}"
LIST: Final = rf"{NAME}(?:(?:, and |, | and | & | as well as ){NAME}){{0,5}}"
PERSON: Final = r"[A-ZÀ-Þ][\w’'-]{1,40}(?: (?:[A-Z]\.|de|van|der|von|bin|al))*(?: [A-ZÀ-Þ][\w’'-]{1,40}){1,2}"
MONEY: Final = (
    r"(?:(?:(?:US|A|C|HK|S)?[$€£¥]|\b(?:USD|EUR|GBP|CHF|JPY|SEK|CAD|AUD)\s?)\s?\d[\d,.]*\d?(?:\s?(?:trillion|billion|million|thousand|trn|tn|bn|mn|mm|m|b|k)\b)?"
    r"|\b\d[\d,.]*\d?\s?(?:trillion|billion|million|bn|mn|m)\s(?:US dollars|dollars|euros|pounds|francs|USD|EUR|GBP|CHF)\b)"
)
ENDS: Final = (
    r"(?:Capital(?: Management| Partners| Advisors)?|Partners|Asset Management|Investment Management|Investments?|Advisors|Advisers|Fund Management|"
    r"Trading|Securities|Management|Holdings|Group)"
)
FIRM: Final = re.compile(
    rf"\b(?:[A-ZÀ-Þ][\w&’'-]{{1,40}} ){{1,3}}{ENDS}(?: (?:LLC|LP|LLP|Ltd|Inc|AG|SA|plc)\b\.?)?"
)
HEDGE: Final = re.compile(
    r"\b(?:may|might|could|would|reportedly|rumou?r\w*|said to|considering|considers|weighing|exploring|in talks|if|whether|possibl[ey]|perhaps|"
    r"speculat\w+|hopes?|wants? to|hint\w*|asked about|unclear|expected to decide|in principle)\b",
    re.IGNORECASE,
)
NEGATED: Final = re.compile(
    r"\b(?:not|never|no longer|no plans|denied|denies|declined|without|neither|nor|nobody|ended|terminated|left|cancel\w+|shelved|dropped|stopped|former(?:ly)?|used to|"
    r"until (?:19|20)\d\d|previously|ex-)\b|n[’']t\b",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(r", and |, | and | as well as | & (?=[A-Z]\w+ )")


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, Any]:
    return tomllib.loads(
        resources.files("remit.knowledge.pasted").joinpath("vocabulary.toml").read_text("utf-8")
    )


@lru_cache(maxsize=16)
def known(role: str) -> re.Pattern[str]:
    """The known names of a role (prime_broker, custodian, administrator), longest first."""
    return _any(_vocabulary()[role])


@lru_cache(maxsize=1)
def systems() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Kind of system → its known names."""
    return [(kind, _any(names)) for kind, names in _vocabulary()["systems"].items()]


@lru_cache(maxsize=4)
def phrases(kind: str) -> re.Pattern[str]:
    """The known phrases of a kind (strategy, instrument), small and capital letters alike."""
    return _any(_vocabulary()["phrases"][kind], re.IGNORECASE)


def _any(names: Sequence[str], flags: int = 0) -> re.Pattern[str]:
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(r"(?<![\w&])(?:" + "|".join(map(re.escape, ordered)) + r")(?![\w&])", flags)


def each_of(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The names of a list, with the place of each when the list begins at `start`."""
    at = 0
    for cut in [*_SPLIT.finditer(text), None]:
        end = cut.start() if cut else len(text)
        name = text[at:end].strip(" .,’'")
        if name:
            yield name, start + text.index(name, at)
        at = cut.end() if cut else end

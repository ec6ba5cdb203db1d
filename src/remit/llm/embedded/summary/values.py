"""Amounts, shares and counts in a sentence, with the exact words that state them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

ValueKind = Literal["money", "percent", "points", "count"]

_SCALE: Final = r"(?:\s?(?:thousand|million|billion|trillion|mln|bln|mn|bn|[MBK](?![\w])))"
VALUE: Final = re.compile(
    rf"""
    (?<![\w.,])(?<!\D-)(?P<sign>-|[−–](?=[$€£\d]))?(?P<open>\()?
    (?P<currency>(?:US|C|A|CAD\s?|R)?[$€£¥]\s?)?(?P<inner>\()?
    (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+\.\d+|\.\d+|\d+)
    (?P<scale>{_SCALE})?
    (?P<unit>\s?%|\s?percent(?:age\spoints?)?\b|\s?per\scent\b|\s?(?:basis\spoints?|bps)\b|\s?cents\b|\s?(?:times|x)\b)?
    (?P<close>\))?
    (?P<per>(?:\s(?:per|a|for\seach)\s(?:fully\s)?(?:diluted\s)?(?:common\s)?(?:share|unit)|\sof\searnings\sper\sshare)\b)?
    (?![\w])(?!\.\d)(?!-[A-Za-z])
    """,
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_JOIN: Final = re.compile(r"\s*(?:-|–|—|to|and)\s*(?:about\s|approximately\s|negative\s)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """A number as written at `start:end` of its sentence. `per_share` when it says so itself; `digits` without commas."""

    start: int
    end: int
    text: str
    kind: ValueKind
    digits: str
    per_share: bool
    negative: bool


def find(sentence: str) -> list[Value]:
    """Every number of `sentence` that measures something; years, ordinals and names with digits are left out."""
    found: list[Value] = []
    for match in VALUE.finditer(sentence):
        unit = (match["unit"] or "").strip().lower()
        plain = not (match["currency"] or match["scale"] or unit or match["per"])
        if plain and (_YEAR.fullmatch(match["digits"]) or _dated(sentence, match)):
            continue
        kind: ValueKind = (
            "percent" if unit.startswith(("%", "percent", "per")) and "point" not in unit
            else "points" if unit.startswith(("basis", "bps", "percentage"))
            else "money" if match["currency"] or unit == "cents"
            else "count"
        )  # fmt: skip
        start, end = match.start(), match.end()
        opened = bool(match["open"] or match["inner"])
        if match["open"] and not match["close"]:
            start += 1
        if match["close"] and not opened:
            end -= 1
        # accountants write a loss in brackets; elsewhere brackets are only brackets
        loss = opened and bool(match["close"]) and bool(match["currency"] or " | " in sentence)
        found.append(
            Value(start, end, sentence[start:end], kind, match["digits"].replace(",", ""),
                  bool(match["per"]), bool(match["sign"]) or loss)
        )  # fmt: skip
    return found


_BEFORE_DAY: Final = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?|covid|slide|page|item|note|section|rule|form|chapter|topic|asc|part|basel)[.,\s-]*$",
    re.IGNORECASE,
)


def _dated(sentence: str, match: re.Match[str]) -> bool:
    return bool(_BEFORE_DAY.search(sentence, max(0, match.start() - 12), match.start()))


def ranges(sentence: str, values: list[Value]) -> list[tuple[int, int]]:
    """Pairs of positions in `values` that are the two ends of one range ('$2.1 billion to $2.3 billion')."""
    pairs: list[tuple[int, int]] = []
    for first in range(len(values) - 1):
        left, right = values[first], values[first + 1]
        joint = sentence[left.end : right.start]
        if not _JOIN.fullmatch(joint) or (pairs and pairs[-1][1] == first):
            continue
        lead = sentence[max(0, left.start - 30) : left.start].lower()
        word = joint.strip().lower()
        if "and" in word and "between" not in lead:
            continue
        if re.search(r"\bfrom\s+(?:about\s+|approximately\s+)?$", lead) and "range" not in lead:
            continue  # 'from $5 to $6' is a move
        if "negative" in lead[-10:]:  # from the larger loss to the smaller
            pairs.append((first, first + 1))
            continue
        same = left.kind == right.kind or (left.kind == "count" and right.kind != "count")
        falling = (
            re.search(r"\b(?:loss|declin\w*|decreas\w*|down|fall\w*)\b", lead) and "from" not in lead[-8:]
        )
        if same and falling and float(left.digits) > float(right.digits):
            pairs.append((first, first + 1))  # 'a loss of $0.09 to $0.07'
            continue
        if same and float(left.digits) <= float(right.digits) * (1000 if "illion" in right.text else 1):
            pairs.append((first, first + 1))
    return pairs

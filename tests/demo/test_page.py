"""docs/demo.md says what the simulation gives: each figure of its table is computed again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from remit.demo import parameters as p
from remit.demo.statistics import figures

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "demo.md").read_text("utf-8")


def test_every_figure_on_the_page_is_the_computed_one() -> None:
    said = {
        row[0]: row[1:]
        for row in re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([\d,]+) \| [^|]+ \| [^|]+ \|$", PAGE, re.M)
    }
    found = {each.name: (each.value, f"{each.n:,}") for each in figures(7, date(2026, 11, 23))}
    assert said == found


def test_every_kind_of_dirt_is_explained_with_its_count() -> None:
    said = {kind: int(count) for kind, count in re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.M)}
    assert said == p.DIRT

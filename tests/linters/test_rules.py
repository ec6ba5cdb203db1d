"""Each rule of the house lets its good lines pass and stops its bad ones (`make check` holds the repository against them)."""

from __future__ import annotations

import pytest
from tools.linters.__main__ import RULES
from tools.linters.rule import Rule, Sample
from tools.linters.templates import PATTERNS, Pattern


@pytest.mark.parametrize(
    ("rule", "sample"), [(r, s) for r in RULES for s in r.good], ids=lambda v: getattr(v, "name", "")
)
def test_good_lines_pass(rule: Rule, sample: Sample) -> None:
    assert rule.check(sample.path, sample.code) == []


@pytest.mark.parametrize(
    ("rule", "sample"), [(r, s) for r in RULES for s in r.bad], ids=lambda v: getattr(v, "name", "")
)
def test_bad_lines_are_stopped(rule: Rule, sample: Sample) -> None:
    assert rule.check(sample.path, sample.code) != []


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name)
def test_templates(pattern: Pattern) -> None:
    assert all(pattern.check("a.html", line) == [] for line in pattern.good)
    assert all(pattern.check("a.html", line) != [] for line in pattern.bad)


def test_every_rule_has_good_and_bad_lines() -> None:
    assert all(rule.good and rule.bad and rule.why for rule in RULES)

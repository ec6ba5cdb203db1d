"""What evals share: the document that `remit eval NAME` prints.

An eval is a file beside this one with `run(part) -> Report`; `part` names a part of its cases, None means all. It has a
test of the same name that holds its figures to their bounds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from remit.kit.intervals import lower_bound


class UnknownPart(Exception):
    """The eval has no such part."""


@dataclass
class Report:
    """Counts of one eval. `abstained`: cases it refused to answer though it could have. `more`: figures of its own."""

    name: str
    cases: int
    correct: int
    wrong: int
    abstained: int
    seconds: float
    failures: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As cli.md names it: accuracy = correct ÷ cases, with its one-sided 95 % Clopper-Pearson bound."""
        given = asdict(self)
        more, failures = given.pop("more"), given.pop("failures")
        accuracy = round(self.correct / self.cases, 4) if self.cases else 0.0
        bound = round(lower_bound(self.correct, self.cases), 4)
        return {**given, "accuracy": accuracy, "lower_bound": bound, **more, "failures": failures}

"""A comparison as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from remit.domains.briefs.lines import day
from remit.domains.briefs.markdown import plain
from remit.domains.competition.model import Cell, Comparison
from remit.domains.metrics.win_rate import METHOD

WHY_NOT = {
    "expired": "ran out",
    "not_yet": "dated in the future",
    "internal_only": "for our eyes only",
    "client_confidential": "confidential",
    "personal": "personal",
    "instruction": "reads as an order to software",
}
"""States of a fact that may not be said, in words."""


def written(found: Comparison) -> str:
    """The whole comparison."""
    return "\n".join(_parts(found)) + "\n"


def record_line(found: Comparison) -> str:
    """The win rate in a sentence with its interval, n and cohort."""
    record, rate = found.record, found.record.rate
    if rate.value is None:
        return f"No {record.cohort} are on record."
    span = f"{day(record.first_on)} to {day(record.last_on)}"
    return f"Won {rate.won_count} of {rate.n}: {rate.value:.0%} ({rate.low:.0%} to {rate.high:.0%}, {METHOD}); {record.cohort}, {span}."


def _parts(found: Comparison) -> Iterator[str]:
    yield f"# {plain(found.product.name)} beside {plain(found.competitor.name)}"
    yield ""
    yield f"{day(found.day)}{f', for {plain(found.account)}' if found.account else ''}. Own record: {plain(record_line(found))}"
    yield ""
    yield f"| Topic | {plain(found.product.name)} | {plain(found.competitor.name)} |"
    yield "|---|---|---|"
    for topic in found.topics:
        yield f"| {plain(topic.name)} | {_side(topic.ours)} | {_side(topic.theirs)} |"
    yield ""
    yield "## To say"
    yield ""
    yield plain(found.note.text) if found.note.usable else "Nothing may be said."
    if found.note.lacks:
        yield ""
        yield plain(found.note.lacks)


def _side(cells: tuple[Cell, ...]) -> str:
    return "; ".join(_cell(one) for one in cells) or "no approved fact"


def _cell(cell: Cell) -> str:
    fact = cell.fact
    state = f" *({WHY_NOT.get(cell.why_not, cell.why_not)})*" if cell.why_not else ""
    return f"{plain(fact.value)}{state} ({plain(fact.source_name)}, {day(fact.as_of_on)})"

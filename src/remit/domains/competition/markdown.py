"""A comparison as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from remit.domains.briefs.lines import day
from remit.domains.briefs.markdown import INSIDE, left_out, plain
from remit.domains.competition.model import Cell, Comparison
from remit.domains.metrics.win_rate import METHOD
from remit.evidence.facts import why_secret
from remit.kit.text import percent

WHY_NOT = {
    "expired": "ran out",
    "not_yet": "dated in the future",
    "internal_only": "for our eyes only",
    "client_confidential": "confidential",
    "personal": "personal",
    "instruction": "reads as an order to software",
}
"""States of a fact that may not be said, in words."""


def written(found: Comparison, *, private: bool = False) -> str:
    """The comparison; with what is for our eyes only when `private`, apart and marked: else it is left out, and how much is said."""
    return "\n".join([*_parts(found), *_private(found, private)]) + "\n"


def record_line(found: Comparison) -> str:
    """The win rate in a sentence with its interval, n and cohort."""
    record, rate = found.record, found.record.rate
    if rate.value is None:
        return f"No {record.cohort} are on record."
    span = f"{day(record.first_on)} to {day(record.last_on)}"
    return f"Won {rate.won_count} of {rate.n}: {percent(rate.value)} ({percent(rate.low)} to {percent(rate.high)}, {METHOD}); {record.cohort}, {span}."


def _parts(found: Comparison) -> Iterator[str]:
    yield f"# {plain(found.product.name)} beside {plain(found.competitor.name)}"
    yield ""
    yield f"{day(found.day)}{f', for {plain(found.account)}' if found.account else ''}. Own record: {plain(record_line(found))}"
    yield ""
    yield f"| Topic | {plain(found.product.name)} | {plain(found.competitor.name)} |"
    yield "|---|---|---|"
    for topic in found.topics:
        yield f"| {plain(topic.name)} | {_side(topic.ours)} | {_side(topic.theirs)} |"
    yield from _splits(found)
    yield ""
    yield "## To say"
    yield ""
    yield plain(found.note.text) if found.note.usable else "Nothing may be said."
    if found.note.lacks:
        yield ""
        yield plain(found.note.lacks)


def _splits(found: Comparison) -> Iterator[str]:
    if not found.splits:
        return
    yield ""
    yield "## Where we win and lose against them"
    yield ""
    yield f"| Part | Won | Lost | Win rate ({METHOD}) |"
    yield "|---|---|---|---|"
    for one in found.splits:
        rate = one.rate
        yield f"| {plain(one.name)} | {rate.won_count} | {rate.lost_count} | {percent(rate.value)} ({percent(rate.low)} to {percent(rate.high)}) |"


def _private(found: Comparison, shown: bool) -> Iterator[str]:
    """Lines of their own, each of which can be taken out."""
    inside = [
        (topic.name, one) for topic in found.topics for one in (*topic.ours, *topic.theirs) if one.private
    ]
    if not inside:
        return
    yield ""
    yield "## For our eyes only"
    yield ""
    if not shown:
        yield left_out(len(inside))
        return
    yield from (f"- {plain(name)}: {plain(one.fact.subject)} {_cell(one)}{INSIDE}" for name, one in inside)


def _side(cells: tuple[Cell, ...]) -> str:
    return "; ".join(_cell(one) for one in cells if not one.private) or "no approved fact"


def _cell(cell: Cell) -> str:
    fact = cell.fact
    told = (
        "" if cell.why_not == why_secret(fact) else cell.why_not
    )  # for our eyes only: said once, at the line's end
    state = f" *({WHY_NOT.get(told, told)})*" if told else ""
    return f"{plain(fact.value)}{state} ({plain(fact.source_name)}, {day(fact.as_of_on)})"

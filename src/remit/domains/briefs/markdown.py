"""A brief as Markdown: for a file, a note, a printer. Text from outside stays text: nothing in it becomes mark-up. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from remit.domains.briefs.lines import day, distinct
from remit.domains.briefs.model import TITLES, Brief, Citation, Line, Section, more_at
from remit.kit.text import counted

_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|~!])")
_MORE: Final = re.compile(r"- and \d+ more")
"""No line of a brief reads so: each ends with its sources."""

INSIDE: Final = " *(for our eyes only)*"
"""Ends a line that is for our eyes only."""


def plain(text: str) -> str:
    """`text` on one line, with every sign that Markdown or HTML would act on taken literally."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def written(brief: Brief, *, private: bool = False) -> str:
    """The brief; with what is for our eyes only when `private`, marked so: else it is left out, and how much of it is said."""
    return "\n".join(_parts(brief, private)) + "\n"


def marked(body: str) -> list[tuple[str, bool]]:
    """The lines of what was kept, each with whether it is for our eyes only. The mark cannot stand in text from outside."""
    return [(line, INSIDE in line) for line in body.splitlines()]


def opening(body: str, account_id: UUID) -> list[tuple[str, bool, str]]:
    """As `marked`, each with the address at the account that it opens: of “and 1 more” the one of its section, of others ''."""
    keys, key, found = {title: key for key, title in TITLES.items()}, "", []
    for line, private in marked(body):
        if line.startswith("## "):
            key = keys.get(line[3:], "")
        more = key and _MORE.fullmatch(line)
        found.append((line, private, more_at(account_id, key) if more else ""))
    return found


def left_out(count: int) -> str:
    """What stands for lines that are left out."""
    return f"{counted(count, 'line is', 'lines are')} for our eyes only and left out."


def _parts(brief: Brief, private: bool) -> Iterator[str]:
    yield f"# {plain(brief.title)}"
    yield ""
    zone = ZoneInfo(brief.zone)
    when = (
        f" Meeting: {brief.meeting_at.astimezone(zone):%Y-%m-%d %H:%M} {brief.zone}."
        if brief.meeting_at
        else ""
    )
    met = (
        f" Last meeting: {day(brief.met_at.astimezone(zone).date())}."
        if brief.met_at
        else " No meeting before."
    )
    yield f"{plain(brief.account)}, {day(brief.day)}.{when}{met}"
    for section in brief.sections:
        yield ""
        yield f"## {section.title}"
        yield ""
        shown = [line for line in section.lines if private or not _inside(section, line)]
        for line in shown:
            yield f"- {_line(line)}{INSIDE if _inside(section, line) else ''}"
        if len(shown) < len(section.lines):
            yield f"- {left_out(len(section.lines) - len(shown))}"
        if not section.lines:
            yield section.nothing
        if section.more_count:
            yield f"- and {section.more_count} more"
    if brief.missing:
        yield ""
        yield "## Not on record"
        yield ""
        yield from (f"- {plain(each)}" for each in brief.missing)


def _inside(section: Section, line: Line) -> bool:
    """What must not be said is named there without its content, so that it can be read where it is needed."""
    return line.private and section.key != "not_to_say"


def _line(line: Line) -> str:
    new = " *(new)*" if line.new else ""
    return f"{plain(line.text)}{new} ({'; '.join(source(one) for one in distinct(line.citations)[:3])})"


def source(one: Citation) -> str:
    """Where a line comes from, in a few words."""
    return plain(", ".join(each for each in (one.source, one.locator, day(one.as_of)) if each))

"""A brief as Markdown: for a file, a note, a printer. Text from outside stays text: nothing in it becomes mark-up. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.domains.briefs.lines import day, distinct
from remit.domains.briefs.model import Brief, Citation, Line

_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|~!])")


def plain(text: str) -> str:
    """`text` on one line, with every sign that Markdown or HTML would act on taken literally."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def written(brief: Brief) -> str:
    """The whole brief."""
    return "\n".join(_parts(brief)) + "\n"


def _parts(brief: Brief) -> Iterator[str]:
    yield f"# {plain(brief.title)}"
    yield ""
    when = f" Meeting: {brief.meeting_at:%Y-%m-%d %H:%M} UTC." if brief.meeting_at else ""
    met = f" Last meeting: {day(brief.met_at.date())}." if brief.met_at else " No meeting before."
    yield f"{plain(brief.account)}, {day(brief.day)}.{when}{met}"
    for section in brief.sections:
        yield ""
        yield f"## {section.title}"
        yield ""
        for line in section.lines:
            yield f"- {_line(line)}"
        if not section.lines:
            yield section.nothing
        if section.more_count:
            yield f"- and {section.more_count} more"
    if brief.missing:
        yield ""
        yield "## Not on record"
        yield ""
        yield from (f"- {plain(each)}" for each in brief.missing)


def _line(line: Line) -> str:
    inside = (" *(new)*" if line.new else "") + (" *(for our eyes only)*" if line.private else "")
    return f"{plain(line.text)}{inside} ({'; '.join(source(one) for one in distinct(line.citations)[:3])})"


def source(one: Citation) -> str:
    """Where a line comes from, in a few words."""
    return plain(", ".join(each for each in (one.source, one.locator, day(one.as_of)) if each))

"""Today, beside the ranked list: what waits for a role rather than for one person, each with the list that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from remit.domains.library.queries import count_waiting
from remit.domains.questionnaires.answers import count_answers
from remit.domains.supervision import categories, queries
from remit.kit import clock
from remit.kit.text import counted
from remit.web.allowed import may
from remit.web.sessions import Viewer


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line: what it says, where it leads, and whether something of it is late or stops work."""

    says: str
    href: str
    pressing: bool = False


def list_waiting(viewer: Viewer) -> list[Waiting]:
    """What the reader's roles have to look at; nothing of it counts as theirs alone."""
    return [
        *(_supervised(viewer) if viewer.has("compliance", "governance") else ()),
        *_texts(viewer),
        *_mine_to_mend(viewer),
    ]


def _supervised(viewer: Viewer) -> list[Waiting]:
    today = clock.today()
    counts = queries.count_items(viewer.scope, today, today - timedelta(days=30))
    lacking = [one for one in categories.get_standing(viewer.scope, today).in_use if one.why_not]
    bare = [one for one in queries.list_findings(viewer.scope) if not one.settled and not one.remedies]
    found = []
    if counts.open:
        late = f", {counts.late} past their day" if counts.late else ""
        said = f"{counted(counts.open, 'message waits', 'messages wait')} for review{late}"
        found.append(Waiting(said, "/compliance/queue", counts.late > 0))
    found += [
        Waiting(f"{one.title}: {one.why_not}", f"/compliance/categories/{one.key}", one.needed)
        for one in lacking
    ]
    if bare:
        said = f"{counted(len(bare), 'finding')} with nothing done about {'it' if len(bare) == 1 else 'them'}"
        found.append(Waiting(said, "/compliance/findings"))
    return found


def _texts(viewer: Viewer) -> list[Waiting]:
    """Templates, sequences and answers in the state that the reader may take further."""
    found = []
    waiting = count_waiting(viewer.scope)
    steps = (("review", "ReviewTemplates", "review"), ("compliance", "ApproveTemplates", "approval"))
    for state, kind, what in steps:
        if not may(viewer.scope, kind, "template"):
            continue
        templates, sequences = waiting.get((state, False), 0), waiting.get((state, True), 0)
        if templates:
            said = f"{counted(templates, 'template waits', 'templates wait')} for {what}"
            found.append(Waiting(said, f"/library?state={state}"))
        if sequences:
            said = f"{counted(sequences, 'sequence waits', 'sequences wait')} for {what}"
            found.append(Waiting(said, "/sequences"))
    if may(viewer.scope, "ApproveAnswers", "answer"):
        drafts = count_answers(viewer.scope, clock.today()).get("draft", 0)
        if drafts:
            said = f"{counted(drafts, 'answer waits', 'answers wait')} for approval"
            found.append(Waiting(said, "/answers?state=draft"))
    return found


def _mine_to_mend(viewer: Viewer) -> list[Waiting]:
    """What compliance gave the reader to mend."""
    today = clock.today()
    return [
        Waiting(f"To mend: {one.task}", f"/compliance/findings/{one.finding_id}", one.due_on < today)
        for one in queries.list_remedies(viewer.scope, owner_id=viewer.person_id)
        if one.state == "open"
    ]

"""Today, beside the ranked list: what waits for a role rather than for one person, each with the list that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from remit.db.sessions import read
from remit.domains.library.queries import count_by_state, count_waiting
from remit.domains.library.texts import count_sequences_out_of_use
from remit.domains.questionnaires.answers import count_answers
from remit.domains.questionnaires.queries import count_unanswered
from remit.domains.sequences.held import list_held
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
        *(_kept(viewer) if viewer.has("enablement") else ()),
        *(_unanswered(viewer) if viewer.has("se") else ()),
        *_mine_to_mend(viewer),
        *_held_runs(viewer),
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


def _kept(viewer: Viewer) -> list[Waiting]:
    """What whoever keeps the library has to renew: templates out of use or sent back, answers past their review."""
    with read(viewer.scope) as s:
        states = count_by_state(s)
    found = []
    told = (
        ("returned", "template was sent back", "templates were sent back"),
        ("expired", "template is out of use", "templates are out of use"),
    )
    for state, one, several in told:
        if number := states.get(state, 0):
            found.append(Waiting(counted(number, one, several), f"/library?state={state}"))
    if number := count_sequences_out_of_use(viewer.scope):
        said = f"{counted(number, 'sequence is', 'sequences are')} out of use or {'says' if number == 1 else 'say'} a text that is, and {'its' if number == 1 else 'their'} runs are held: edit {'it' if number == 1 else 'them'} (the review date at least) and submit"
        found.append(Waiting(said, "/sequences", pressing=True))
    if stale := count_answers(viewer.scope, clock.today()).get("stale", 0):
        said = f"{counted(stale, 'answer is', 'answers are')} past the review"
        found.append(Waiting(said, "/answers?state=stale"))
    return found


def _unanswered(viewer: Viewer) -> list[Waiting]:
    """What an engineer does next: lines of buyers' questionnaires that nothing on record answers."""
    lines, lists = count_unanswered(viewer.scope)
    if not lines:
        return []
    said = f"{counted(lines, 'line')} of {counted(lists, 'open questionnaire')} {'has' if lines == 1 else 'have'} no answer yet"
    return [Waiting(said, "/questionnaires?state=open")]


def _mine_to_mend(viewer: Viewer) -> list[Waiting]:
    """What compliance gave the reader to mend."""
    today = clock.today()
    return [
        Waiting(f"To mend: {one.task}", f"/compliance/findings/{one.finding_id}", one.due_on < today)
        for one in queries.list_remedies(viewer.scope, owner_id=viewer.person_id)
        if one.state == "open"
    ]


def _held_runs(viewer: Viewer) -> list[Waiting]:
    """The reader's own runs that go no further because what they say is out of use."""
    return [
        Waiting(
            f"{one.title}: {counted(one.runs, 'run')} of yours {'is' if one.runs == 1 else 'are'} held, "
            + (
                "the sequence is out of use; stop or wait for enablement"
                if one.code == "plan_out_of_use"
                else "a text is out of use; skip the step or stop"
            ),
            f"/sequences/{one.version_id}?run=paused&code={one.code}#runs",
            pressing=True,
        )
        for one in list_held(viewer.scope)
    ]

"""Whether what a case names as evidence is of the work that was timed: asked at every act on it, and by the gate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from typing import Protocol
from uuid import UUID

from remit.actions import Check
from remit.domains.productivity.motions import NAMES
from remit.kit.text import counted
from remit.ladder.artefacts import Artefact


class _Timed(Protocol):
    @property
    def observed_on(self) -> date: ...
    @property
    def artefact_id(self) -> UUID | None: ...


def check_fits(motion: str, observations: Iterable[_Timed], made: Sequence[Artefact]) -> Check:
    """What is named is of the kind of work that was timed, and was not timed before the day on which it was made, wherever that was.

    `made`: the artefacts that the reader sees; what they do not see is another check's (`load_bad_evidence`).
    """
    days = {one.id: _day_made(one) for one in made}
    other = sum(one.motion != motion for one in made)
    early = sum(
        one.artefact_id in days and one.observed_on < days[one.artefact_id]
        for one in observations
        if one.artefact_id is not None
    )
    said = [
        f"{counted(other, 'artefact is', 'artefacts are')} of another kind of work than {NAMES[motion].lower()}"
        if other
        else "",
        f"{counted(early, 'time is', 'times are')} dated before {'its' if early == 1 else 'their'} artefact was made"
        if early
        else "",
    ]
    return Check.that(
        "case-artefacts-fit", not other and not early,
        f"{', '.join(filter(None, said))}; choose what was made in the work that was timed, and its day.",
        "Every artefact is of the work that was timed.",
    )  # fmt: skip


def _day_made(one: Artefact) -> date:
    return (one.made_at.astimezone(UTC) - timedelta(hours=12)).date()  # the day of the westernmost zone

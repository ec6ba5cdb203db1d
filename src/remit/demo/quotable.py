"""The papers that Northlake lets buyers be quoted from: added by enablement, released by compliance, through the same verbs as anywhere.

The texts stand in `firm_papers/`, all of it invented and in line with `answers.toml`, but for one figure: the service paper announces
maintenance five days ahead, the approved answer ten. The security overview of 2023 is superseded: nobody is quoted from it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from remit import identity
from remit.actions import perform, performed
from remit.demo.firm import Firm
from remit.domains.documents import intake
from remit.domains.questionnaires.papers import list_papers
from remit.domains.questionnaires.releasing import ReleasePaper
from remit.kit import clock

SOURCE: Final = "Northlake Systems"
FOLDER: Final = Path(__file__).parent / "firm_papers"


class OwnPaper(NamedTuple):
    """`age`: days since it was published; `review`: days until it is looked at again; `before`: the file that it takes the place of."""

    file: str
    title: str
    age: int
    review: int
    before: str = ""


PAPERS: Final = (
    OwnPaper("security_2023", "Security overview, 2023", 1100, 30),
    OwnPaper("security", "Security overview, edition 6", 80, 290, "security_2023"),
    OwnPaper("continuity", "Business continuity and disaster recovery", 50, 300),
    OwnPaper("connectivity", "Connectivity and FIX specification", 35, 200),
    OwnPaper("service", "Support, service levels and releases", 120, 240),
    OwnPaper("data_protection", "Data protection statement", 95, 270),
    OwnPaper("product", "Company and product statement", 60, 150),
)


def text_of(file: str) -> str:
    """The words of a paper as they are kept."""
    return intake.from_text((FOLDER / f"{file}.txt").read_text("utf-8"), "other").text


def release_papers(firm: Firm) -> None:
    """Add and release what is not there yet. Raises Refused."""
    adder, releaser = (
        identity.for_person(UUID(next(each for each in firm.people if each.role == role).id), via="demo")
        for role in ("enablement", "compliance")
    )
    engineers = [UUID(each.id) for each in firm.people if each.role == "se"]
    if list_papers(releaser):
        return
    today, made = clock.today(), dict[str, UUID]()
    for place, one in enumerate(PAPERS):
        found = intake.from_text((FOLDER / f"{one.file}.txt").read_text("utf-8"), "other")
        adding = intake.adding(
            found, source_name=SOURCE, account_id=None, kind="other", title=one.title, published_on=today - timedelta(days=one.age),
            supersedes_id=made.get(one.before),
        )  # fmt: skip
        done = performed(perform(adder, adding))
        made[one.file] = UUID(str(done.result["document_id"]))
        owner = engineers[place % len(engineers)]
        perform(
            releaser,
            ReleasePaper(
                document_id=made[one.file], owner_id=owner, review_by_on=today + timedelta(days=one.review)
            ),
        )

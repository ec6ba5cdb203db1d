"""A questionnaire that has just come in: read from its file, looked up in the library, partly decided, its gaps with an engineer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from remit import identity
from remit.actions import Refused, perform
from remit.demo.clients import Client, client
from remit.demo.firm import Firm
from remit.demo.rfp_file import file
from remit.domains.questionnaires import drafting, handing, queries
from remit.domains.questionnaires.deciding import AnswerQuestion
from remit.kit import clock

TITLE: Final = "Operational due diligence, autumn"
FILE: Final = "operational-due-diligence.csv"
DECIDED: Final = 6


def open_questionnaire(firm: Firm) -> UUID | None:
    """Take it in for a client of the first territory; None when it is there already. Raises Refused."""
    asking = _asking(firm)
    scope, account = identity.for_person(UUID(asking.owner.id), via="demo"), UUID(asking.id)
    if any(each.title == TITLE for each in queries.list_questionnaires(scope, account_id=account).rows):
        return None
    made = drafting.add(scope, file(), FILE, account, title=TITLE, due_on=clock.today() + timedelta(days=9))
    proposed = [each for each in queries.list_items(scope, made) if each.state == "proposed"]
    for item in proposed[:DECIDED]:
        perform(scope, AnswerQuestion(item_id=item.id, expected_version=item.version, decision="accept"))
    try:
        handing.hand_over(scope, made, engineer_id=UUID(asking.se.id))
    except Refused as refused:
        if refused.code != "nothing_to_change":
            raise
    return made


def _asking(firm: Firm) -> Client:
    """The first client without a barrier, in the first territory that has one."""
    number = 0
    while (found := client(firm, number)).behind_barrier:
        number += 1
    return found

"""Particulars of the firm from its own record: its name from the facts, the product from the deal, whom to contact from the people."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.facts.queries import load_own_facts
from remit.domains.questionnaires import rules
from remit.knowledge.questionnaires.particulars import Particular

_PERSON: Final = "SELECT name, title, coalesce(email, '') AS email FROM remit.people WHERE id = :id AND kind = 'person' AND active"
_PRODUCT: Final = """
SELECT p.name, p.description FROM remit.opportunities o JOIN remit.products p ON p.id = o.product_id AND p.active WHERE o.id = :id
"""
PLACES: Final[dict[Particular, str]] = {
    "firm_name": "our own record: name of the firm", "product_name": "our own record: product of the deal",
    "product_description": "our own record: product of the deal", "contact_name": "our own record: who added the questionnaire",
    "contact_title": "our own record: who added the questionnaire", "contact_email": "our own record: who added the questionnaire",
}  # fmt: skip
"""Where each comes from, in words: what a line shows as its source."""


def load_particulars(
    s: ReadSession, person_id: UUID, deal_id: UUID | None, today: date
) -> dict[Particular, str]:
    """What is on record, by what it is; nothing for what is not. `person_id`: who added the questionnaire, the contact."""
    found: dict[Particular, str] = {}
    names = [
        each.value
        for each in load_own_facts(s, ("firm",))
        if each.subject == "name" and rules.may_answer(each, today)
    ]
    if len(set(names)) == 1:
        found["firm_name"] = names[0]
    person = s.row(_PERSON, {"id": person_id})
    if person is not None:
        found |= {"contact_name": person.name, "contact_title": person.title, "contact_email": person.email}
    product = s.row(_PRODUCT, {"id": deal_id}) if deal_id else None
    if product is not None:
        found |= {"product_name": product.name, "product_description": product.description}
    return {key: value for key, value in found.items() if value}

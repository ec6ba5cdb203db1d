"""The rows that the simulation yields, one type per table, fields named and ordered as the columns loaded.

Ids are text. `access` is the place in World.access of the row's access group, counted from 1: the loader puts the
database's own number there. Instants are naive seconds since 1970 in UTC; `None` is NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from remit.db.bulk import escaped

_EPOCH: Final = date(1970, 1, 1).toordinal()
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_said(day: date) -> str:
    """`4 March`, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    return date.fromordinal(number + _EPOCH).isoformat()


class At(int):
    """An instant, in whole seconds since 1970 UTC."""

    def text(self) -> str:
        """RFC 3339, as PostgreSQL reads it."""
        minutes, second = divmod(self, 60)
        hours, minute = divmod(minutes, 60)
        day, hour = divmod(hours, 24)
        return f"{_day(day)} {hour:02d}:{minute:02d}:{second:02d}+00"


class Account(NamedTuple):
    id: str
    access_id: int
    name: str
    name_key: str
    legal_name: str | None
    segment: str
    sector: str | None
    relation: str
    key_account: bool
    website: str | None
    country: str | None
    region: str | None
    city: str | None
    founded_on: date | None
    employees_count: int | None
    aum_minor: int | None
    aum_currency: str | None
    owner_id: str | None
    source: str
    external_id: str
    created_at: At
    updated_at: At


class Contact(NamedTuple):
    id: str
    account_id: str
    access_id: int
    first_name: str
    last_name: str
    title: str | None
    persona: str | None
    email: str | None
    phone: str | None
    country: str | None
    time_zone: str | None
    jurisdiction: str | None
    owner_id: str | None
    source: str
    external_id: str
    created_at: At
    updated_at: At


class Lead(NamedTuple):
    id: str
    account_id: str | None
    access_id: int
    contact_id: str | None
    first_name: str
    last_name: str
    firm_name: str | None
    title: str | None
    email: str | None
    country: str | None
    channel: str
    origin: str
    landing_page: str | None
    state: str
    state_reason: str | None
    owner_id: str | None
    received_at: At
    converted_at: At | None
    opportunity_id: str | None
    source: str
    external_id: str
    extra: str
    created_at: At
    updated_at: At


class Opportunity(NamedTuple):
    id: str
    account_id: str
    access_id: int
    name: str
    product_id: str
    lead_id: str | None
    stage: str
    forecast_category: str
    amount_minor: int | None
    amount_currency: str | None
    list_amount_minor: int | None
    list_amount_currency: str | None
    discount_rate: float | None
    opened_on: date
    close_on: date | None
    stage_since_at: At
    closed_at: At | None
    outcome: str | None
    loss_reason: str | None
    competitor_id: str | None
    contact_id: str | None
    owner_id: str | None
    next_step: str | None
    next_step_on: date | None
    source: str
    external_id: str
    extra: str
    created_at: At
    updated_at: At


class StageMove(NamedTuple):
    id: str
    opportunity_id: str
    account_id: str
    access_id: int
    from_stage: str | None
    to_stage: str
    at: At
    by_id: str | None
    amount_minor: int | None
    amount_currency: str | None
    source: str
    external_id: str


class Snapshot(NamedTuple):
    opportunity_id: str
    from_at: At
    until_at: At | None
    account_id: str
    access_id: int
    stage: str
    forecast_category: str
    amount_minor: int | None
    amount_currency: str | None
    close_on: date | None
    owner_id: str | None


class Seat(NamedTuple):
    opportunity_id: str
    person_id: str
    account_id: str
    access_id: int
    role: str


class Activity(NamedTuple):
    id: str
    at: At
    account_id: str
    access_id: int
    kind: str
    direction: str | None
    subject: str
    body: str
    contact_id: str | None
    opportunity_id: str | None
    owner_id: str | None
    minutes_count: int | None
    outcome: str | None
    due_at: At | None
    done_at: At | None
    source: str
    external_id: str
    created_at: At
    updated_at: At


class Fact(NamedTuple):
    id: str
    account_id: str | None
    access_id: int | None
    contact_id: str | None
    kind: str
    subject: str
    value: str
    value_number: str | None
    value_unit: str | None
    value_minor: int | None
    value_currency: str | None
    source_name: str
    locator: str
    quote: str
    as_of_on: date
    valid_until_on: date | None
    sensitivity: str
    sayable: str
    state: str
    replaced_by: str | None
    recorded_by: str | None
    source: str
    external_id: str
    created_at: At
    topic: str = ""


class Consent(NamedTuple):
    id: str
    account_id: str
    access_id: int
    contact_id: str
    channel: str
    state: str
    basis: str
    at: At
    valid_until_on: date | None
    source: str
    external_id: str


class NoContact(NamedTuple):
    id: str
    account_id: str | None
    access_id: int | None
    kind: str
    value: str
    reason: str
    by_id: str | None
    source: str
    external_id: str


class Draft(NamedTuple):
    id: str
    account_id: str
    access_id: int
    contact_id: str | None
    kind: str
    subject: str
    body: str
    written: str
    writer: str
    author_id: str
    state: str
    edited: bool
    created_at: At
    updated_at: At
    template_version_id: str | None = None


class Message(NamedTuple):
    id: str
    account_id: str
    access_id: int
    contact_id: str | None
    direction: str
    draft_id: str | None
    message_id: str
    thread_id: str
    from_address: str
    to_address: str
    subject: str
    body: str
    at: At


class Document(NamedTuple):
    id: str
    account_id: str | None
    access_id: int | None
    kind: str
    title: str
    source_name: str
    accession_number: str | None
    published_on: date
    period_end_on: date | None
    text: str
    sha256: str
    state: str
    replaced_by: str | None
    closed_reason: str
    added_by: str
    added_at: At


class Answer(NamedTuple):
    """An answer of the library, approved."""

    id: str
    question: str
    short: str
    answer: str
    product: str
    source_name: str
    owner_id: str
    as_of_on: date
    review_by_on: date
    state: str
    made_by: str
    made_at: At
    approved_by: str
    approved_at: At
    sha256: str


class Questionnaire(NamedTuple):
    """A buyer's questionnaire that was answered before Remit: its file is not here."""

    id: str
    account_id: str
    access_id: int
    title: str
    file_name: str
    form: str
    state: str
    owner_id: str
    added_at: At
    approved_by: str
    approved_at: At


class QuestionnaireItem(NamedTuple):
    """One of its lines."""

    id: str
    questionnaire_id: str
    account_id: str
    access_id: int
    position: int
    section: str
    number: str
    question: str
    kind: str
    answer_at: str
    state: str
    short: str
    answer: str
    answer_id: str | None
    decided_by: str
    decided_at: At


class CampaignMember(NamedTuple):
    """A contact's part in a campaign."""

    id: str
    campaign_id: str
    account_id: str
    access_id: int
    contact_id: str
    state: str
    responded: bool
    first_responded_on: date | None
    added_at: At
    source: str
    external_id: str
    created_at: At
    updated_at: At


TABLES: Final[dict[type[tuple[object, ...]], str]] = {  # in the order that foreign keys ask for
    Account: "accounts",
    Contact: "contacts",
    Opportunity: "opportunities",
    Lead: "leads",
    CampaignMember: "campaign_members",
    StageMove: "opportunity_stages",
    Snapshot: "opportunity_snapshots",
    Seat: "deal_team",
    Activity: "activities",
    Fact: "facts",
    Consent: "consents",
    NoContact: "do_not_contact",
    Draft: "drafts",
    Message: "messages",
    Document: "documents",
    Answer: "answers",
    Questionnaire: "questionnaires",
    QuestionnaireItem: "questionnaire_items",
}


def copy_lines(rows: Iterable[tuple[object, ...]]) -> str:
    """Rows in PostgreSQL's text format for COPY."""
    lines = []
    for row in rows:
        fields = []
        for value in row:
            if value is None:
                fields.append("\\N")
            elif type(value) is str:
                fields.append(escaped(value))
            elif type(value) is At:
                fields.append(value.text())
            else:
                fields.append(str(value))
        lines.append("\t".join(fields))
    lines.append("")
    return "\n".join(lines)

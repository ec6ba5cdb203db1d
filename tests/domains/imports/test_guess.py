"""Entity and mapping are guessed from words and values: every CRM's export headers, in any order and spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.guess import Guess, guess, header_words, is_dictionary
from remit.domains.imports.profile import profile


def _guess(file: str, table: dict[str, list[str]], headerless: bool = False) -> Guess:
    made = guess(file, [profile(header, cells) for header, cells in table.items()], headerless)
    assert made is not None
    return made


def _fields(made: Guess, table: dict[str, list[str]]) -> dict[str, str]:
    headers = list(table)
    return {headers[column]: field.name for column, (field, _) in made.columns.items()}


SALESFORCE = {
    "Opportunity ID": ["006A1", "006A2", "006A3"],
    "Opportunity Name": ["Acme renewal", "Beta new", "Gamma"],
    "Account Name": ["Acme", "Beta", "Gamma"],
    "Stage": ["Prospecting", "Closed Won", "Closed Lost"],
    "Amount": ["10,000.00", "2,500.00", ""],
    "Close Date": ["1/31/2024", "2/15/2024", "3/1/2024"],
    "Opportunity Owner": ["Ann", "Ben", "Ann"],
    "Probability (%)": ["10", "100", "0"],
    "Next Step": ["Call", "", ""],
    "Lead Source": ["Web", "Partner", "Web"],
    "Created Date": ["1/1/2024", "1/2/2024", "1/3/2024"],
}
HUBSPOT = {
    "hs_object_id": ["901", "902", "903"],
    "dealname": ["Acme renewal", "Beta new", "Gamma"],
    "dealstage": ["appointmentscheduled", "closedwon", "closedlost"],
    "amount": ["100", "250.5", ""],
    "closedate": ["2024-01-31T00:00:00Z", "2024-02-15T00:00:00Z", ""],
    "hubspot_owner_id": ["17", "18", "17"],
    "createdate": ["2024-01-01T08:00:00Z", "2024-01-02T08:00:00Z", "2024-01-03T08:00:00Z"],
    "associatedcompanyid": ["5", "6", "7"],
}
CONTACTS = {
    "First Name": ["Ann", "Ben"],
    "Last Name": ["Lee", "Ray"],
    "Email": ["ann@acme.example", "ben@beta.example"],
    "Company": ["Acme", "Beta"],
    "Job Title": ["CTO", "COO"],
    "Phone": ["+1 555 0100", "+1 555 0101"],
    "Email Opt Out": ["0", "1"],
}
TASKS = {
    "Activity ID": ["1", "2"],
    "Type": ["Call", "Email"],
    "Subject": ["Intro", "Follow-up"],
    "Due Date": ["2024-01-01", "2024-01-02"],
    "Assigned To": ["Ann", "Ben"],
    "Related To": ["Acme renewal", "Beta new"],
    "Comments": ["They liked it", "Sent deck"],
}
HISTORY = {
    "Opportunity ID": ["006A1", "006A1"],
    "From Stage": ["Prospecting", "Negotiation"],
    "To Stage": ["Negotiation", "Closed Won"],
    "Change Date": ["2024-01-01", "2024-02-01"],
}


@pytest.mark.parametrize(
    ("file", "table", "entity", "some"),
    [
        ("report1700.csv", SALESFORCE, "opportunities", {"Stage": "stage", "Close Date": "close_on", "Account Name": "account", "Opportunity Owner": "owner"}),
        ("hubspot-crm-exports-all-deals.csv", HUBSPOT, "opportunities", {"dealname": "name", "dealstage": "stage", "closedate": "close_on", "hs_object_id": "external_id", "associatedcompanyid": "account_id_text"}),
        ("export.csv", CONTACTS, "contacts", {"Company": "account", "Email": "email", "Email Opt Out": "do_not_email", "Job Title": "title"}),
        ("tasks.csv", TASKS, "activities", {"Type": "kind", "Related To": "opportunity", "Comments": "body", "Due Date": "at"}),
        ("stage_history.csv", HISTORY, "stages", {"From Stage": "from_stage", "To Stage": "to_stage", "Change Date": "at"}),
    ],
)  # fmt: skip
def test_exports_of_known_systems(
    file: str, table: dict[str, list[str]], entity: str, some: dict[str, str]
) -> None:
    made = _guess(file, table)
    assert made.entity.name == entity
    fields = _fields(made, table)
    assert {header: fields.get(header) for header in some} == some


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(list(SALESFORCE)),
    st.sampled_from([str.upper, str.lower, lambda h: h.replace(" ", "_"), lambda h: h.replace(" ", "")]),
)
def test_order_and_spelling_of_columns_do_not_matter(order: list[str], spell: object) -> None:
    base = _fields(_guess("deals.csv", SALESFORCE), SALESFORCE)
    table = {spell(header): SALESFORCE[header] for header in order}  # type: ignore[operator]
    made = _guess("deals.csv", table)
    assert made.entity.name == "opportunities"
    assert _fields(made, table) == {spell(header): field for header, field in base.items()}  # type: ignore[operator]


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=20), st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=8
    )
)
def test_any_table_gets_a_mapping_or_none_and_no_field_twice(table: dict[str, list[str]]) -> None:
    made = guess("x.csv", [profile(header, cells) for header, cells in table.items()], False)
    if made is not None:
        names = [field.name for field, _ in made.columns.values()]
        assert len(names) == len(set(names))
        assert all(made.entity.field(name) is not None for name in names)


def test_values_outweigh_words() -> None:
    table = {**CONTACTS, "Email": ["not yet", "none known"]}
    assert "Email" not in _fields(_guess("contacts.csv", table), table)


def test_has_company_is_not_the_company() -> None:
    table = {
        "lead_id": ["a1", "b2", "c3"],
        "status": ["new", "open", "new"],
        "has_company": ["True", "False", "True"],
    }
    assert "has_company" not in _fields(_guess("leads.csv", table), table)


def test_without_header_only_clear_shapes_are_mapped() -> None:
    table = {
        "column 1": [f"{n:016x}a1" for n in range(60)],
        "column 2": ["2018-01-01 00:00:00"] * 60,
        "column 3": ["paid_search", "social"] * 30,
    }
    made = _guess("qualified_leads.csv", table, headerless=True)
    assert _fields(made, table) == {
        "column 1": "external_id",
        "column 2": "received_at",
        "column 3": "channel",
    }


def test_descriptions_of_fields_are_no_records() -> None:
    assert is_dictionary("x.csv", ["Table", "Field", "Description"])
    assert is_dictionary("leads-data-dictionary.xlsx#Sheet1", ["", "Variables", "Description"])
    assert not is_dictionary("accounts.csv", ["account", "sector", "revenue"])


def test_headers_are_words() -> None:
    assert (
        header_words("AccountName")
        == header_words("account_name")
        == header_words("Account Name*")
        == "account name"
    )
    assert header_words("hs_lead_status") == "lead status"


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_each_entity_can_be_known_by_its_own_words(entity: object) -> None:
    from remit.domains.imports.entities import Entity

    assert isinstance(entity, Entity)
    names = [field.name for field in entity.fields]
    assert len(names) == len(set(names))
    keys = {part for key in entity.key for choice in key.split("|") for part in choice.split("+")}
    assert keys <= set(names)
    assert {name for group in entity.required for name in group} <= set(names)
    assert all(field.to in ENTITIES for field in entity.fields if field.kind == "ref")

"""A Salesforce org in memory: describe, queryAll with pages, tokens that expire, limits, the recycle bin, merges.

Records get ids with the prefixes of Salesforce and a SystemModstamp that grows by a second with each change.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from remit.kit import clock
from tests.support.crm.faults import Answer, Asked, Counterpart, serving
from tests.support.crm.soql import Query, Refused, parse

VERSION = "v62.0"
PREFIX = {
    "User": "005", "Account": "001", "Contact": "003", "Lead": "00Q", "Opportunity": "006", "OpportunityHistory": "008", "Task": "00T",
    "Event": "00U", "Campaign": "701", "CampaignMember": "00v",
}  # fmt: skip
_NUMBERS = itertools.count(1)  # of the process: no two orgs give the same id
_OWN = {"Id": "id", "SystemModstamp": "datetime", "CreatedDate": "datetime"}
_GONE = {"IsDeleted": "boolean"}
_MASTER = {"MasterRecordId": "reference"}
_PERSON = {"FirstName": "string", "LastName": "string", "Name": "string", "Title": "string", "Email": "email", "Phone": "phone", "OwnerId": "reference", "HasOptedOutOfEmail": "boolean"}  # fmt: skip
SCHEMA: dict[str, dict[str, str]] = {
    "User": {**_OWN, "Name": "string", "Email": "email", "Title": "string", "ManagerId": "reference", "Department": "string", "TimeZoneSidKey": "picklist", "IsActive": "boolean"},
    "Campaign": {**_OWN, **_GONE, "Name": "string", "Type": "picklist", "Status": "picklist", "StartDate": "date", "EndDate": "date", "BudgetedCost": "currency", "ActualCost": "currency", "NumberOfLeads": "int", "IsActive": "boolean", "OwnerId": "reference"},
    "Account": {**_OWN, **_GONE, **_MASTER, "Name": "string", "Type": "picklist", "Industry": "picklist", "Website": "url", "BillingCountry": "string", "BillingState": "string", "BillingCity": "string", "NumberOfEmployees": "int", "AnnualRevenue": "currency", "OwnerId": "reference", "ParentId": "reference", "Segment__c": "picklist", "Aum__c": "currency"},
    "Contact": {**_OWN, **_GONE, **_MASTER, **_PERSON, "AccountId": "reference", "MailingCountry": "string"},
    "Lead": {**_OWN, **_GONE, **_MASTER, **_PERSON, "Company": "string", "Country": "string", "LeadSource": "picklist", "Status": "picklist", "IsConverted": "boolean", "ConvertedDate": "date", "ConvertedAccountId": "reference", "ConvertedContactId": "reference", "ConvertedOpportunityId": "reference"},
    "CampaignMember": {**_OWN, **_GONE, "CampaignId": "reference", "ContactId": "reference", "LeadId": "reference", "Status": "picklist", "HasResponded": "boolean", "FirstRespondedDate": "date"},
    "Opportunity": {**_OWN, **_GONE, "Name": "string", "AccountId": "reference", "StageName": "picklist", "ForecastCategoryName": "picklist", "Amount": "currency", "CloseDate": "date", "LastStageChangeDate": "datetime", "ContactId": "reference", "OwnerId": "reference", "NextStep": "string", "IsWon": "boolean", "IsClosed": "boolean"},
    "OpportunityHistory": {**_OWN, **_GONE, "OpportunityId": "reference", "StageName": "picklist", "Amount": "currency", "CreatedById": "reference"},
    "Task": {**_OWN, **_GONE, "Subject": "string", "Description": "textarea", "AccountId": "reference", "OwnerId": "reference", "WhoId": "reference", "WhatId": "reference", "Status": "picklist", "ActivityDate": "date", "CompletedDateTime": "datetime", "TaskSubtype": "picklist", "CallDurationInSeconds": "int", "IsClosed": "boolean"},
    "Event": {**_OWN, **_GONE, "Subject": "string", "Description": "textarea", "AccountId": "reference", "OwnerId": "reference", "WhoId": "reference", "WhatId": "reference", "StartDateTime": "datetime", "DurationInMinutes": "int"},
}  # fmt: skip


def stamp(at: datetime) -> str:
    """An instant as Salesforce writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


@dataclass
class Org(Counterpart):
    """`page`: records of a page. `token_uses`: how many requests a token is good for. `usage`: (used, limit) of the day."""

    page: int = 2_000
    token_uses: int = 10**9
    usage: tuple[int, int] | None = None
    schema: dict[str, dict[str, str]] = field(
        default_factory=lambda: {name: dict(each) for name, each in SCHEMA.items()}
    )
    records: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in SCHEMA}
    )
    queries: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._number = _NUMBERS
        self._tokens: dict[str, int] = {}
        self._pages: dict[str, tuple[Query, list[dict[str, Any]]]] = {}
        self._keys: list[str] = []

    # -- what people do there -------------------------------------------------------------------------------

    def add(self, name: str, **values: Any) -> str:
        """A new record; gives its id."""
        with self.lock:
            identity = f"{PREFIX[name]}{next(self._number):012d}AAA"
            at = self._tick()
            whole = {"IsDeleted": False} if "IsDeleted" in self.schema[name] else {}
            self.records[name][identity] = {
                "CreatedDate": at,
                **whole,
                **values,
                "Id": identity,
                "SystemModstamp": at,
            }
            return identity

    def change(self, name: str, identity: str, **values: Any) -> None:
        """Change a record."""
        with self.lock:
            self.records[name][identity] |= {**values, "SystemModstamp": self._tick()}

    def delete(self, name: str, identity: str) -> None:
        """Into the recycle bin."""
        self.change(name, identity, IsDeleted=True)

    def merge(self, name: str, loser: str, winner: str) -> None:
        """One stays; what hung on the other hangs on it."""
        self.change(name, loser, IsDeleted=True, MasterRecordId=winner)
        self.change(name, winner)

    def drop_field(self, name: str, field_name: str) -> None:
        """An admin deletes a field."""
        del self.schema[name][field_name]

    def _tick(self) -> str:
        self.now += timedelta(seconds=1)
        return stamp(self.now)

    # -- what it answers ------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        """Tokens, describe, queries and their pages."""
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        base = f"/services/data/{VERSION}"
        key = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(key, 0) < 1:
            return self._error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        self._tokens[key] -= 1
        if asked.method != "GET":
            self.refused.append(f"{asked.method} {asked.path}")
            return self._error(403, "INSUFFICIENT_ACCESS", "this user reads only")
        more = {"Sforce-Limit-Info": f"api-usage={self.usage[0]}/{self.usage[1]}"} if self.usage else {}
        if asked.path == f"{base}/queryAll":
            return self._query(asked.query["q"][0], more)
        if asked.path.startswith(f"{base}/queryAll/"):
            return self._page(asked.path.rsplit("/", 1)[1], more)
        if asked.path.startswith(f"{base}/sobjects/") and asked.path.endswith("/describe"):
            return self._describe(asked.path.split("/")[-2])
        return self._error(404, "NOT_FOUND", "The requested resource does not exist")

    def _token(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        fits = form.get("grant_type") == "client_credentials" and form.get("client_secret") == "sesame"
        jwt = form.get("grant_type", "").endswith("jwt-bearer") and form.get("assertion", "").count(".") == 2
        if not (fits or jwt):
            return 400, {"error": "invalid_client", "error_description": "invalid client credentials"}, {}
        key = f"token-{next(self._number)}"
        self._tokens[key] = self.token_uses
        self._keys.append(key)
        return 200, {"access_token": key, "instance_url": self.url, "token_type": "Bearer"}, {}

    def _describe(self, name: str) -> Answer:
        if name not in self.schema:
            return self._error(404, "NOT_FOUND", "The requested resource does not exist")
        fields = [
            {"name": each, "type": kind, "deprecatedAndHidden": False}
            for each, kind in self.schema[name].items()
        ]
        return 200, {"name": name, "fields": fields}, {}

    def _query(self, soql: str, more: dict[str, str]) -> Answer:
        self.queries.append(soql)
        try:
            query = parse(soql, self.schema)
        except Refused as refused:
            return self._error(400, refused.code, refused.message)
        found = [each for each in self.records[query.object].values() if query.fits(each)]
        for name, down in reversed(query.order):
            found.sort(key=lambda each, name=name: (each.get(name) is not None, each.get(name)), reverse=down)
        found = found[: query.limit] if query.limit is not None else found
        locator = f"0r8{next(self._number):09d}"
        self._pages[locator] = (query, [dict(each) for each in found])
        return self._page(f"{locator}-0", more)

    def _page(self, locator: str, more: dict[str, str]) -> Answer:
        key, _, start = locator.partition("-")
        if key not in self._pages:
            return self._error(404, "INVALID_QUERY_LOCATOR", "invalid query locator")
        query, found = self._pages[key]
        first, last = int(start), int(start) + self.page
        kind = {"type": query.object}
        rows = [
            {"attributes": kind, **{name: each.get(name) for name in query.fields}}
            for each in found[first:last]
        ]
        body: dict[str, Any] = {"totalSize": len(found), "done": last >= len(found), "records": rows}
        if last < len(found):
            body["nextRecordsUrl"] = f"/services/data/{VERSION}/queryAll/{key}-{last}"
        else:
            del self._pages[key]
        return 200, body, more

    @staticmethod
    def _error(status: int, code: str, message: str) -> Answer:
        return status, [{"errorCode": code, "message": message}], {}


@contextmanager
def org(**options: Any) -> Iterator[Org]:
    """An empty org, served."""
    made = Org(**options)
    with serving(made):
        yield made


def fill(made: Org, records: int) -> None:
    """About so many records of every kind, in the proportions of a firm."""
    users = [
        made.add(
            "User",
            Name=f"Rep {n}",
            Email=f"rep{n}@northlake.example",
            IsActive=True,
            TimeZoneSidKey="Europe/London",
        )
        for n in range(50)
    ]
    accounts = [
        made.add("Account", Name=f"Firm {n} Capital", Industry="Funds", OwnerId=users[n % 50], NumberOfEmployees=n % 900, AnnualRevenue=1000.5 * n, BillingCountry="United States")
        for n in range(records // 10)
    ]  # fmt: skip
    contacts = [
        made.add("Contact", FirstName=f"F{n}", LastName=f"L{n}", Email=f"c{n}@firm{n % 999}.example", AccountId=accounts[n % len(accounts)], OwnerId=users[n % 50])
        for n in range(records // 4)
    ]  # fmt: skip
    leads = [_lead(made, n, users[n % 50]) for n in range(records // 10)]
    deals = [
        made.add("Opportunity", Name=f"Deal {n}", AccountId=accounts[n % len(accounts)], StageName="Negotiation", Amount=500.0 * n, CloseDate="2025-09-30", IsWon=False, IsClosed=False, OwnerId=users[n % 50], ContactId=contacts[n % len(contacts)])
        for n in range(records // 10)
    ]  # fmt: skip
    for n in range(records // 5):
        deal = deals[n % len(deals)]
        made.add(
            "OpportunityHistory",
            OpportunityId=deal,
            StageName=("Discovery", "Negotiation")[n // len(deals) % 2],
            Amount=500.0 * n,
            CreatedById=users[n % 50],
        )
    _members(made, records // 10, contacts, leads)
    _converted(made, leads, accounts, contacts, deals)
    while sum(map(len, made.records.values())) < records:
        n = len(made.records["Task"])
        made.add(
            "Task",
            Subject=f"Call {n}",
            Description="Spoke about clearing. " * 8,
            AccountId=accounts[n % len(accounts)],
            WhoId=contacts[n % len(contacts)],
            WhatId=deals[n % len(deals)],
            OwnerId=users[n % 50],
            TaskSubtype="Call",
            Status="Completed",
            IsClosed=True,
            CompletedDateTime="2025-05-01T10:00:00.000+0000",
            CallDurationInSeconds=600,
        )


def _lead(made: Org, n: int, owner: str) -> str:
    """Somebody who came in."""
    person = {
        "FirstName": f"F{n}",
        "LastName": f"P{n}",
        "Company": f"Prospect {n}",
        "Email": f"p{n}@p.example",
    }
    return made.add(
        "Lead", **person, Status="Open - Not Contacted", IsConverted=False, LeadSource="Web", OwnerId=owner
    )


def _converted(
    made: Org, leads: list[str], accounts: list[str], contacts: list[str], deals: list[str]
) -> None:
    """Each fourth lead became a contact and a deal."""
    for n in range(0, len(leads), 4):
        person = n % len(contacts)
        became = {
            "ConvertedAccountId": accounts[person % len(accounts)],
            "ConvertedContactId": contacts[person],
            "ConvertedOpportunityId": deals[n % len(deals)],
        }
        made.change(
            "Lead", leads[n], IsConverted=True, Status="Converted", ConvertedDate="2025-06-01", **became
        )


def _members(made: Org, count: int, contacts: list[str], leads: list[str]) -> None:
    """Members of forty campaigns of three weeks ago: three contacts for each lead."""
    held_on = (clock.today() - timedelta(days=21)).isoformat()
    held = [
        made.add("Campaign", Name=f"Forum {n}", Type="Event", StartDate=held_on, IsActive=False)
        for n in range(40)
    ]
    for n in range(count):
        who = {"LeadId": leads[n % len(leads)]} if n % 4 == 0 else {"ContactId": contacts[n % len(contacts)]}
        state = ("Attended", "Registered", "No Show")[n % 3]
        made.add(
            "CampaignMember", CampaignId=held[n % 40], Status=state, HasResponded=n % 3 < 2, FirstRespondedDate=held_on if n % 3 < 2 else None, **who,
        )  # fmt: skip


def main() -> None:
    """`python -m tests.support.crm.salesforce ROWS`: serve a filled org, say where on stdout, until stdin ends."""
    import sys

    with org() as made:
        fill(made, int(sys.argv[1]))
        sys.stdout.write(
            json.dumps({"url": made.url, "records": sum(map(len, made.records.values()))}) + "\n"
        )
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()

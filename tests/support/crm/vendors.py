"""The same deeds at each vendor's counterpart, so that one suite of tests runs over both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from remit.actions import perform
from remit.connectors.crm.opening import open_reader
from remit.connectors.hubspot import tokens
from remit.domains.crm.actions import ConnectCrm
from remit.domains.crm.model import Connection, Vendor, connection_id_of
from remit.domains.crm.queries import get_connection
from remit.kit import clock
from remit.settings import load
from remit.workflows.syncing import Synced, sync
from tests.support.cast import Cast
from tests.support.crm.faults import Counterpart
from tests.support.crm.hubspot import Portal, portal
from tests.support.crm.salesforce import Org, org

_ACCOUNT: Final = {
    "salesforce": {"name": "Name", "sector": "Industry", "employees_count": "NumberOfEmployees", "owner": "OwnerId"},
    "hubspot": {"name": "name", "sector": "industry", "employees_count": "numberofemployees", "owner": "hubspot_owner_id"},
}  # fmt: skip
_CONTACT: Final = {
    "salesforce": {"last_name": "LastName", "account": "AccountId", "title": "Title", "email": "Email"},
    "hubspot": {"last_name": "lastname", "account": "associatedcompanyid", "title": "jobtitle", "email": "email"},
}  # fmt: skip


@dataclass
class AtVendor:
    """One vendor's counterpart, connected. Accounts and contacts are named by our fields."""

    vendor: Vendor
    counterpart: Org | Portal
    cast: Cast

    @property
    def accounts(self) -> str:
        """The stream of accounts, as that vendor's connector calls it."""
        return {"salesforce": "accounts", "hubspot": "companies"}[self.vendor]

    @property
    def _object(self) -> dict[str, str]:
        return {
            "salesforce": {"accounts": "Account", "contacts": "Contact"},
            "hubspot": {"accounts": "companies", "contacts": "contacts"},
        }[self.vendor]

    def field(self, ours: str) -> str:
        """Their name for a field of accounts."""
        return _ACCOUNT[self.vendor][ours]

    def add(self, kind: str, **values: Any) -> str:
        """A new account or contact; gives its id."""
        names = (_ACCOUNT if kind == "accounts" else _CONTACT)[self.vendor]
        return self.counterpart.add(
            self._object[kind], **{names[ours]: value for ours, value in values.items()}
        )

    def change(self, kind: str, identity: str, **values: Any) -> None:
        """Change one."""
        names = (_ACCOUNT if kind == "accounts" else _CONTACT)[self.vendor]
        self.counterpart.change(
            self._object[kind], identity, **{names[ours]: value for ours, value in values.items()}
        )

    def delete(self, kind: str, identity: str) -> None:
        """Delete one."""
        self.counterpart.delete(self._object[kind], identity)

    def restore(self, kind: str, identity: str) -> None:
        """Bring it back."""
        if isinstance(self.counterpart, Portal):
            self.counterpart.restore(self._object[kind], identity)
        else:
            self.counterpart.change(self._object[kind], identity, IsDeleted=False)

    def merge(self, kind: str, loser: str, winner: str) -> None:
        """Make two one."""
        self.counterpart.merge(self._object[kind], loser, winner)

    # -- campaigns and leads --------------------------------------------------------------------------------

    def rep(self, name: str, email: str) -> str:
        """Somebody who owns records there."""
        if isinstance(self.counterpart, Portal):
            return self.counterpart.add_owner(email, name, "")
        return self.counterpart.add("User", Name=name, Email=email, IsActive=True)

    def event(self, name: str) -> str:
        """An event of ten days ago, as that vendor keeps one; gives its id."""
        day = (clock.today() - timedelta(days=10)).isoformat()
        if isinstance(self.counterpart, Portal):
            return self.counterpart.add_event(name, startDateTime=f"{day}T17:00:00Z")
        return self.counterpart.add("Campaign", Name=name, Type="Event", StartDate=day, IsActive=True)

    def attend(self, event: str, who: str, state: str, at: datetime) -> None:
        """What a contact or lead did about an event; doing it again changes it."""
        if isinstance(self.counterpart, Portal):
            self.counterpart.attend(event, who, state.upper(), at)
            return
        kind = "LeadId" if who.startswith("00Q") else "ContactId"
        responded = state in ("Registered", "Attended")
        values = {
            "Status": state,
            "HasResponded": responded,
            "FirstRespondedDate": at.date().isoformat() if responded else None,
        }
        if (known := self._member(event, who)) is not None:
            self.counterpart.change("CampaignMember", known, **values)
        else:
            self.counterpart.add("CampaignMember", CampaignId=event, **{kind: who}, **values)

    def _member(self, event: str, who: str) -> str | None:
        assert isinstance(self.counterpart, Org)
        found = self.counterpart.records["CampaignMember"].items()
        return next(
            (
                i
                for i, r in found
                if r["CampaignId"] == event and who in (r.get("ContactId"), r.get("LeadId"))
            ),
            None,
        )

    def leave(self, event: str, who: str) -> None:
        """They are taken off it."""
        if isinstance(self.counterpart, Portal):
            at_it = self.counterpart.attending[event]
            for one in [
                i for i, each in at_it.items() if each["associations"]["contact"]["contactId"] == who
            ]:
                del at_it[one]
        elif (known := self._member(event, who)) is not None:
            self.counterpart.delete("CampaignMember", known)

    def end(self, event: str) -> None:
        """The event is deleted, with who was at it."""
        if isinstance(self.counterpart, Portal):
            del self.counterpart.events[event]
        else:
            self.counterpart.delete("Campaign", event)

    def lead(self, last_name: str, email: str, opted_out: bool) -> str:
        """Somebody without a firm."""
        if isinstance(self.counterpart, Portal):
            return self.counterpart.add(
                "contacts", lastname=last_name, email=email, hs_email_optout="true" if opted_out else None
            )
        return self.counterpart.add(
            "Lead",
            LastName=last_name,
            Company="?",
            Email=email,
            Status="New",
            IsConverted=False,
            HasOptedOutOfEmail=opted_out,
        )

    def rang(self, who: str, subject: str) -> None:
        """A call to a contact or lead."""
        if isinstance(self.counterpart, Portal):
            self.counterpart.add(
                "calls", {"contacts": [who]}, hs_call_title=subject, hs_timestamp="2025-11-03T10:00:00Z"
            )
        else:
            self.counterpart.add(
                "Task",
                Subject=subject,
                WhoId=who,
                TaskSubtype="Call",
                CompletedDateTime="2025-11-03T10:00:00.000+0000",
                IsClosed=True,
            )

    def convert(self, lead: str, firm: str, email: str) -> None:
        """The lead becomes a contact of the firm, under this address, of whom it is not said that they opted out."""
        if isinstance(self.counterpart, Portal):
            self.counterpart.change(
                "contacts", lead, associatedcompanyid=firm, email=email, hs_email_optout=None
            )
            return
        name = self.counterpart.records["Lead"][lead]["LastName"]
        person = self.counterpart.add(
            "Contact", LastName=name, AccountId=firm, Email=email, HasOptedOutOfEmail=False
        )
        self.counterpart.change(
            "Lead",
            lead,
            IsConverted=True,
            Status="Converted",
            ConvertedDate="2025-12-01",
            ConvertedAccountId=firm,
            ConvertedContactId=person,
        )

    def deal(self, name: str, firm: str) -> str:
        """An open deal."""
        if isinstance(self.counterpart, Portal):
            return self.counterpart.add(
                "deals", dealname=name, dealstage="talk", hs_primary_associated_company=firm
            )
        return self.counterpart.add(
            "Opportunity", Name=name, AccountId=firm, StageName="Negotiation", IsWon=False, IsClosed=False
        )

    def qualified(self, last_name: str, person: str, deal: str) -> str:
        """A lead that became this contact and this deal."""
        if isinstance(self.counterpart, Portal):
            return self.counterpart.add(
                "leads", {"contacts": [person], "deals": [deal]}, hs_lead_name=last_name
            )
        firm = self.counterpart.records["Opportunity"][deal]["AccountId"]
        return self.counterpart.add(
            "Lead", LastName=last_name, Company="?", IsConverted=True, Status="Converted", ConvertedAccountId=firm,
            ConvertedContactId=person, ConvertedOpportunityId=deal,
        )  # fmt: skip

    @property
    def schema(self) -> dict[str, str]:
        """The fields of accounts there, to be changed by a test."""
        return self.counterpart.schema[self._object["accounts"]]

    def sync(self, *streams: str) -> Synced:
        """Look once at accounts and contacts, or at these streams."""
        only = streams or (self.accounts, "contacts")
        return sync(self.cast.scope("olga"), self.connection, only=only, opened=open_reader)

    def sync_all(self) -> Synced:
        """Look once at everything."""
        return sync(self.cast.scope("olga"), self.connection, opened=open_reader)

    @property
    def connection(self) -> Connection:
        """The connection as it stands."""
        return get_connection(self.cast.scope("olga"), self.vendor)


@contextmanager
def connected(vendor: Vendor, cast: Cast, patch: Any, **options: Any) -> Iterator[AtVendor]:
    """The vendor's counterpart, served and connected; `patch` is a MonkeyPatch."""
    made: Counterpart
    with (org if vendor == "salesforce" else portal)(**options) as made:
        for name, value in {"URL": made.url, "CLIENT_ID": "app", "CLIENT_SECRET": "sesame"}.items():
            patch.setenv(f"REMIT_{vendor.upper()}_{name}", value)
        load.cache_clear()
        sealed = (
            tokens.seal(load().home, connection_id_of("hubspot"), "refresh-me")
            if vendor == "hubspot"
            else b""
        )
        perform(cast.scope("olga"), ConnectCrm(vendor=vendor, address=made.url, sealed=sealed))
        assert isinstance(made, Org | Portal)
        yield AtVendor(vendor, made, cast)
    load.cache_clear()

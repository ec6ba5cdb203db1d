"""The same deeds at each vendor's counterpart, so that one suite of tests runs over both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from remit.actions import perform
from remit.connectors.crm.opening import open_reader
from remit.connectors.hubspot import tokens
from remit.domains.crm.actions import ConnectCrm
from remit.domains.crm.model import Connection, Vendor, connection_id_of
from remit.domains.crm.queries import get_connection
from remit.settings import load
from remit.workflows.syncing import Synced, sync
from tests.support.cast import Cast
from tests.support.crm.faults import Counterpart
from tests.support.crm.hubspot import Portal, portal
from tests.support.crm.salesforce import Org, org

_ACCOUNT: Final = {
    "salesforce": {"name": "Name", "sector": "Industry", "employees_count": "NumberOfEmployees"},
    "hubspot": {"name": "name", "sector": "industry", "employees_count": "numberofemployees"},
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

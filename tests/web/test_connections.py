"""Settings → Connections over HTTP: connect, look, map, preview, stop; consent at HubSpot and its signed messages."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from remit import identity
from remit.domains.crm.queries import get_connection
from remit.kit import clock
from remit.settings import load
from remit.workflows.sync_crm import sync_due
from tests.support import web_cast as cast
from tests.support.crm.hubspot import Portal, portal
from tests.support.crm.salesforce import Org, org
from tests.web.test_governing import send

PAGE = "/settings/connections"


@pytest.fixture
def vendors(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Org, Portal]]:
    with org() as salesforce, portal() as hubspot:
        for name, made in (("SALESFORCE", salesforce), ("HUBSPOT", hubspot)):
            for what, value in (("URL", made.url), ("CLIENT_ID", "app"), ("CLIENT_SECRET", "sesame")):
                monkeypatch.setenv(f"REMIT_{name}_{what}", value)
        monkeypatch.setenv("REMIT_HUBSPOT_APP_URL", hubspot.url)
        monkeypatch.setenv("REMIT_WEB_BASE_URL", "http://testserver")
        load.cache_clear()
        yield salesforce, hubspot
    monkeypatch.undo()
    load.cache_clear()


def test_from_not_connected_to_stopped(as_person, vendors: tuple[Org, Portal]) -> None:
    salesforce, _ = vendors
    alice, ada = as_person(cast.ALICE), as_person(cast.ADMIN)
    assert (
        "not yet proven against a live org" in alice.get(PAGE).text
        and "Connect Salesforce" not in alice.get(PAGE).text
    )
    assert send(alice, f"{PAGE}/salesforce/connect", PAGE).status_code == 403
    salesforce.add("Account", Name="Ash <b>Capital</b>", NumberOfEmployees="some", Segment__c="macro")
    send(ada, f"{PAGE}/salesforce/connect", PAGE)
    service = identity.for_service("syncing", via="test")
    assert (
        sync_due(service) == 0 and sync_due(service) == 0
    )  # nothing could be read of the one account; then it is not due
    page = ada.get(PAGE).text
    assert "following" in page and f"{PAGE}/salesforce/accounts" in page
    mapping = f"{PAGE}/salesforce/accounts"
    shown = ada.get(mapping).text
    assert 'value="NumberOfEmployees"' in shown and "Preview" not in shown  # an admin sees no client's data
    refused = send(ada, mapping, mapping, ours=["segment"], theirs=["Segment c; DROP"])
    assert refused.status_code == 303 and "is named by letters" in ada.get(mapping).text
    send(ada, mapping, mapping, ours=["segment", "employees_count"], theirs=["Segment__c", ""])
    assert 'value="Segment__c"' in ada.get(mapping).text and "first load" in ada.get(PAGE).text
    assert sync_due(service) == 1
    assert ada.get(f"{PAGE}/salesforce/nothing").status_code == 404
    connection = get_connection(service, "salesforce")
    send(ada, f"{PAGE}/{connection.id}/look", PAGE)
    assert get_connection(service, "salesforce").due_at <= clock.now()
    stopped = f"{PAGE}/{connection.id}/stop?version={get_connection(service, 'salesforce').version}"
    send(ada, stopped, PAGE)
    assert "stopped" in ada.get(PAGE).text and sync_due(service) == 0


def test_consent_at_hubspot_and_its_signed_messages(as_person, client, vendors: tuple[Org, Portal]) -> None:
    ada, service = as_person(cast.ADMIN), identity.for_service("syncing", via="test")
    asked = ada.get(f"{PAGE}/hubspot/connect").headers["location"]
    words = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
    assert words["redirect_uri"] == f"http://testserver{PAGE}/hubspot/back" and ".write" not in words["scope"]
    back = f"{PAGE}/hubspot/back?code=code-1&state="
    assert ada.get(back + "forged.0").status_code == 400
    assert as_person(cast.ADMIN).get(back + words["state"]).status_code == 400  # another session did not ask
    assert ada.get(back + words["state"]).status_code == 303
    assert "portal 4711" in ada.get(PAGE).text and sync_due(service) == 0
    assert get_connection(service, "hubspot").due_at > clock.now()

    def told(
        stamp: int, secret: str = "sesame", body: bytes = b'[{"objectId": 1}]', signed: bytes | None = None
    ) -> int:
        over = b"POST" + b"http://testserver/hooks/hubspot" + (signed or body) + str(stamp).encode()
        mark = base64.b64encode(hmac.new(secret.encode(), over, hashlib.sha256).digest()).decode()
        headers = {
            "X-HubSpot-Signature-v3": mark,
            "X-HubSpot-Request-Timestamp": str(stamp),
            "Content-Type": "application/json",
        }
        return client.post("/hooks/hubspot", content=body, headers=headers).status_code

    now = int(clock.now().timestamp() * 1000)
    assert client.post("/hooks/hubspot", content=b"[]").status_code == 403
    assert [told(now, secret="guess"), told(now - 400_000), told(now, signed=b"[]")] == [403, 403, 403]
    assert get_connection(service, "hubspot").due_at > clock.now()
    assert told(now) == 204 and get_connection(service, "hubspot").due_at <= clock.now()

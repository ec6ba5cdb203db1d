"""The asking client: limits, broken answers, tokens that expire, and what it says of each."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from remit.connectors.crm.reading import CrmRefused, CrmResting, CrmUnavailable
from remit.connectors.salesforce.client import SalesforceClient
from remit.connectors.salesforce.config import Salesforce
from remit.connectors.salesforce.tokens import Token
from tests.support.crm.salesforce import Org, org


@pytest.fixture
def crm() -> Iterator[Org]:
    with org() as made:
        yield made


def _client(crm: Org, waited: list[float]) -> SalesforceClient:
    return SalesforceClient(Salesforce(crm.url, "app", "sesame"), wait=waited.append)


def test_it_waits_as_long_as_it_is_asked_to_and_goes_on(crm: Org) -> None:
    waited: list[float] = []
    client = _client(crm, waited)
    crm.faults += [(429, {}, {"Retry-After": "7"}), (503, b"busy", {}), (500, {}, {})]
    assert "Name" in client.describe("Account")
    assert waited == [7.0, 14.0, 28.0]


def test_a_long_rest_is_not_waited_for(crm: Org) -> None:
    waited: list[float] = []
    client = _client(crm, waited)
    crm.faults += [(429, {}, {"Retry-After": "900"})]
    with pytest.raises(CrmResting) as caught:
        client.describe("Account")
    assert caught.value.seconds == 900 and waited == []
    limit = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    crm.faults += [(403, limit, {})]
    with pytest.raises(CrmResting, match="requests of the day"):
        client.describe("Account")


def test_nine_tenths_of_the_day_are_the_most_that_it_uses(crm: Org) -> None:
    client = _client(crm, [])
    crm.usage = (90_000, 100_000)
    query = "SELECT Id FROM Account ORDER BY SystemModstamp, Id"
    list(client.query(query))
    with pytest.raises(CrmResting, match="left to others"):
        list(client.query(query))


def test_a_token_is_renewed_once_and_never_told(crm: Org, caplog: pytest.LogCaptureFixture) -> None:
    crm.token_uses = 2
    client = _client(crm, [])
    for _ in range(6):
        client.describe("Account")
    session = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
    crm.faults += [(401, session, {})] * 2
    with pytest.raises(CrmUnavailable, match="INVALID_SESSION_ID") as caught:
        client.describe("Account")
    assert "token-" not in str(caught.value) + caplog.text


def test_what_is_no_answer_is_said(crm: Org) -> None:
    client = _client(crm, [])
    crm.faults += [(200, b"<html>", {})]
    with pytest.raises(CrmUnavailable, match="no JSON"):
        client.describe("Account")
    with pytest.raises(CrmUnavailable, match="NOT_FOUND"):
        client.describe("Nothing")
    with pytest.raises(CrmRefused, match="does not let us in"):
        SalesforceClient(Salesforce(crm.url, "app", "wrong"))
    with pytest.raises(CrmUnavailable, match="cannot be reached"):
        SalesforceClient(Salesforce("http://127.0.0.1:9", "app", "sesame"))
    page = {"totalSize": 1, "done": False, "records": [], "nextRecordsUrl": "https://elsewhere.example/x"}
    crm.faults += [(200, page, {})]
    with pytest.raises(CrmUnavailable, match="none of its own"):
        list(client.query("SELECT Id FROM Account"))


def test_the_key_file_signs_for_the_user_and_is_told_when_it_is_none(crm: Org, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path / "app.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chosen = Salesforce(crm.url, "app", user="reader@northlake.example", key_file=path)
    header, claims, signature = Token(chosen)._assertion().split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    key.public_key().verify(raw, f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (said["iss"], said["sub"], said["aud"]) == ("app", "reader@northlake.example", crm.url)
    assert "Name" in SalesforceClient(chosen).describe("Account")
    path.write_text("no key")
    with pytest.raises(CrmRefused, match="cannot be read as a private key"):
        Token(chosen)(False)

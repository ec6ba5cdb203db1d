"""Sign-on by SAML over HTTP against a provider that is strict, and against one that lies: who gets in, as whom, with what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from remit import identity, settings
from remit.actions import Refused, Waiting, approve, perform
from remit.connectors.saml.documents import SAML
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.people.groups import MapGroup
from remit.domains.people.saml import RemoveSamlProvider, find_saml_provider
from remit.domains.people.sign_in import by_provider_only
from remit.identity import for_person
from remit.kit import clock
from remit.web import sign_in
from tests.support import web_cast as cast
from tests.support.databases import rows
from tests.support.saml_provider import LOGOUT, Lies, Person, SamlProvider, make_key, opened
from tests.support.web_cast import rows_as
from tests.web.conftest import ORIGIN, token_of


@pytest.fixture(scope="module")
def running() -> SamlProvider:
    return SamlProvider()


@pytest.fixture(scope="module", autouse=True)
def agreed(settled: Location, client: TestClient, running: SamlProvider) -> None:
    """Traders are AEs in the West; the provider is set on the page, and takes effect when the VP agrees."""
    scope = for_person(cast.ADMIN.id, via="test")
    for group, roles, places in (("Traders", ("ae",), ("West",)), ("Interns", ("sdr",), ())):
        done = perform(scope, MapGroup(group=group, roles=roles, territories=places))
        if isinstance(done, Waiting):
            approve(for_person(cast.VP.id, via="test"), done.suggestion_id, done.payload_hash)
    _set(client, settled, running)
    assert "Sign in with Northlake SAML" in client.get("/sign-in").text


def _set(client: TestClient, settled: Location, house: SamlProvider, version: int = 0) -> None:
    admin = TestClient(client.app, follow_redirects=False)
    admin.post("/sign-in/demo", data={"person": str(cast.ADMIN.id)}, headers=ORIGIN)
    form = {"csrf": token_of(admin.get("/settings/sign-on").text), "name": "Northlake SAML", "version": version,
            "metadata": house.metadata(), "trusts_email": "yes"}  # fmt: skip
    assert admin.post("/settings/sign-on/saml", data=form, headers=ORIGIN).status_code == 303
    said = admin.get("/settings/sign-on").text
    assert "person to agree" in said, said[said.find("said") :][:600]
    [[suggestion, payload]] = rows_as(
        settled, cast.VP.id,
        "SELECT id, encode(payload_hash, 'hex') FROM remit.suggestions WHERE kind = 'SetSamlProvider' AND state = 'waiting'",
    )  # fmt: skip
    approve(for_person(cast.VP.id, via="test"), suggestion, payload)


@pytest.fixture
def house(running: SamlProvider) -> Iterator[SamlProvider]:
    running.lies = Lies()
    sign_in.back_off = sign_in.AddressBackOff()
    yield running


def _browser(client: TestClient) -> TestClient:
    return TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)


def _back(browser: TestClient, house: SamlProvider, target: str = "/settings") -> dict[str, str]:
    begun = browser.get(f"/sign-on/saml?next={target}")
    assert begun.status_code == 303, begun.text[:300]
    return house.answer(begun.headers["location"])


def _sign_on(client: TestClient, person: Person, house: SamlProvider) -> tuple[TestClient, Any]:
    house.person, browser = person, _browser(client)
    return browser, browser.post("/sign-on/saml/acs", data=_back(browser, house), headers={"Origin": "https://idp.northlake.example"})  # fmt: skip


def test_somebody_new_comes_in_with_what_their_groups_give(
    client: TestClient, house: SamlProvider, settled: Location
) -> None:
    nina = Person("sub-nina", "Nina@northlake.example", "Nina New", ("Traders", "Football"))
    browser, answer = _sign_on(client, nina, house)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/settings"), answer.text[-500:]
    assert "Nina New" in browser.get("/settings").text


def _failures(settled: Location) -> list[str]:
    query = "SELECT (record::jsonb)->>'sentence' FROM remit.audit WHERE event = 'person:sign-in:failed' ORDER BY at"
    return [str(sentence) for (sentence,) in rows_as(settled, cast.COMPLIANCE.id, query)]


def _in(browser: TestClient) -> bool:
    return browser.get("/settings").status_code == 200


def test_a_refused_answer_is_on_the_record_and_lets_nobody_in(
    client: TestClient, house: SamlProvider, settled: Location
) -> None:
    house.lies = Lies(by_stranger=True)
    browser, answer = _sign_on(
        client, Person("sub-liar", "liar@northlake.example", groups=("Traders",)), house
    )
    assert (answer.status_code, _in(browser)) == (401, False)
    assert "(signature wrong)" in _failures(settled)[-1]
    assert rows(settled, "SELECT 1 FROM remit.people WHERE email = 'liar@northlake.example'") == []
    house.lies = Lies()
    _, answer = _sign_on(client, Person("sub-nobody", "none@northlake.example", groups=("Football",)), house)
    assert answer.status_code == 403 and "None of your groups" in answer.text
    # an address that somebody with power has: it waits for a second person, who is not told more than that
    _, answer = _sign_on(client, Person("sub-thief", str(cast.VP.email)), house)
    assert answer.status_code == 403


def test_an_answer_serves_once_and_in_the_browser_that_asked(client: TestClient, house: SamlProvider) -> None:
    house.person = Person("sub-once", "once@northlake.example", groups=("Interns",))
    browser, other = _browser(client), _browser(client)
    form = _back(browser, house)
    kept = {name: value for name, value in browser.cookies.items() if "sign_on" in name}
    stolen = other.post("/sign-on/saml/acs", data=form)  # login CSRF: another browser is sent our answer
    assert (stolen.status_code, _in(other)) == (401, False) and "begun in another browser" in stolen.text
    assert browser.post("/sign-on/saml/acs", data={**form, "RelayState": ""}).status_code == 401
    assert browser.post("/sign-on/saml/acs", data=form).status_code == 303 and _in(browser)
    again = _browser(client)
    again.cookies.update(kept)
    assert (again.post("/sign-on/saml/acs", data=form).status_code, _in(again)) == (401, False)
    # an answer to one question does not serve another, and one that was never asked for serves nobody
    asked = _browser(client)
    fresh = _back(asked, house)
    assert (
        asked.post("/sign-on/saml/acs", data={**form, "RelayState": fresh["RelayState"]}).status_code == 401
    )
    assert _browser(client).post("/sign-on/saml/acs", data=fresh).status_code == 401


def test_signing_out_here_ends_it_there_and_the_other_way_round(
    client: TestClient, house: SamlProvider
) -> None:
    who = Person("sub-olga", "olga@northlake.example", groups=("Interns",))
    browser, _ = _sign_on(client, who, house)
    second, _ = _sign_on(client, who, house)
    out = browser.post("/sign-out", data={"csrf": token_of(browser.get("/settings").text)}, headers=ORIGIN)
    address = out.text.split("url=")[1].split('"')[0].replace("&amp;", "&")
    asked = opened(parse_qs(urlsplit(address).query)["SAMLRequest"][0])
    assert (
        address.startswith(LOGOUT) and asked.findtext(f"{{{SAML}}}NameID") == "sub-olga" and not _in(browser)
    )

    own = "http://testserver:80/sign-on/saml/logout"
    for lie in (
        house.logout_address(own, "sub-olga", key=house.stranger),
        house.logout_address(own, "sub-olga", issuer="https://evil.example"),
        house.logout_address(own, "sub-olga", destination="https://other.example"),
        house.logout_address(own, "sub-olga", now=clock.now() - timedelta(hours=1)),
        house.logout_address(own, "sub-olga").partition("&SigAlg")[0],
        house.logout_address(own, "sub-olga") + "&SAMLRequest=x",
    ):
        assert client.get(lie).status_code == 400 and _in(second)
    good = house.logout_address(own, "sub-olga", "sid-sub-olga")
    done = client.get(good)
    assert (done.status_code, done.headers["location"].startswith(LOGOUT)) == (303, True) and not _in(second)
    told = parse_qs(urlsplit(done.headers["location"]).query)
    assert told["RelayState"] == ["back here"] and "LogoutResponse" in opened(told["SAMLResponse"][0]).tag
    assert client.get(good).status_code == 400  # serves once


def test_passwords_open_nothing_but_the_emergency_way_while_saml_is_set(
    client: TestClient, house: SamlProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The provider is away" not in client.get("/sign-in").text
    monkeypatch.setenv("REMIT_PASSWORD_SIGN_IN", "admins")
    settings.reload()
    assert "The provider is away" in client.get("/sign-in").text
    with read(identity.for_service("sign-in", via="test")) as session:
        assert by_provider_only(session)
    monkeypatch.undo()
    settings.reload()


def test_new_keys_are_agreed_and_taking_the_provider_away_needs_nobody(
    client: TestClient, house: SamlProvider, settled: Location
) -> None:
    who = Person("sub-rob", "rob@northlake.example", groups=("Interns",))
    browser, _ = _sign_on(client, who, house)
    house.keys.append(make_key())
    _set(client, settled, house, version=1)
    house.keys.reverse()
    assert _in(_sign_on(client, who, house)[0])
    scope = for_person(cast.ADMIN.id, via="test")
    known = find_saml_provider(scope)
    assert known is not None and len(known.keys) == 2
    with pytest.raises(Refused):
        perform(for_person(cast.ALICE.id, via="test"), RemoveSamlProvider(expected_version=known.version))
    perform(scope, RemoveSamlProvider(expected_version=known.version))
    assert not _in(browser) and "Northlake SAML" not in client.get("/sign-in").text
    assert client.get("/sign-on/saml").headers["location"] == "/sign-in"
    assert b"AssertionConsumerService" in client.get("/sign-on/saml/metadata").content

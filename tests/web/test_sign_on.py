"""Single sign-on over HTTP against a provider that is strict, and against one that lies: who gets in, as whom, with what."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from remit import settings
from remit.actions import Performed, Waiting, approve, perform
from remit.connectors.oidc import provider as known_providers
from remit.db.location import Location
from remit.domains.people.actions import ManagePeople
from remit.domains.people.groups import MapGroup
from remit.domains.people.passwords import hash_password
from remit.identity import SIGN_ON_ID, for_person
from remit.web import sign_in
from tests.support import web_cast as cast
from tests.support.databases import rows
from tests.support.oidc_provider import CLIENT_ID, SECRET, Lies, OidcProvider, Person, oidc_provider
from tests.support.web_cast import rows_as
from tests.web.conftest import ORIGIN, token_of


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    with oidc_provider() as house:
        yield house


@pytest.fixture(scope="module", autouse=True)
def mapped(settled: Location) -> None:
    """Traders are AEs in the West (a second person agreed); Interns are SDRs; Watchers oversee."""
    _map("Traders", ("ae",), ("West",))
    _map("Interns", ("sdr",), ())
    _map("Watchers", ("compliance",), (), reach="all")


@pytest.fixture
def house(running: OidcProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[OidcProvider]:
    """The provider, honest again, set in the settings."""
    running.lies, running.names_itself, running.in_id_token = Lies(), True, True
    for name, value in {
        "ISSUER": running.issuer,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": SECRET,
        "NAME": "Northlake ID",
    }.items():
        monkeypatch.setenv(f"REMIT_OIDC_{name}", value)
    settings.reload()
    known_providers._known.clear()
    sign_in.back_off = sign_in.AddressBackOff()
    yield running
    monkeypatch.undo()
    settings.reload()


def _scope(member: cast.Member) -> Any:
    return for_person(member.id, via="test")


def _map(
    group: str, roles: tuple[str, ...], territories: tuple[str, ...], version: int = 0, **more: Any
) -> None:
    act = MapGroup(group=group, roles=roles, territories=territories, expected_version=version, **more)
    done = perform(_scope(cast.ADMIN), act)
    if isinstance(done, Waiting):
        approve(_scope(cast.VP), done.suggestion_id, done.payload_hash)


def _browser(client: TestClient) -> TestClient:
    return TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)


def _to_provider(browser: TestClient, target: str = "/settings") -> str:
    """Begin, and let the provider send the browser back: the address it is sent to."""
    begun = browser.get(f"/sign-on?next={target}")
    assert begun.status_code == 303, begun.text[:300]
    back = httpx.get(begun.headers["location"], follow_redirects=False).headers["location"]
    return back[back.index("/sign-on") :]


def _sign_on(
    client: TestClient, person: Person | None = None, house: OidcProvider | None = None
) -> tuple[TestClient, Any]:
    browser = _browser(client)
    if house is not None and person is not None:
        house.person = person
    return browser, browser.get(_to_provider(browser))


def _in(browser: TestClient) -> bool:
    return browser.get("/settings").status_code == 200


def _held(settled: Location, email: str) -> tuple[list[str], list[str], str]:
    [(roles, places, reach)] = rows(
        settled,
        f"""SELECT array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY 1),
        array(SELECT t.name FROM remit.person_territories x JOIN remit.territories t ON t.id = x.territory_id
              WHERE x.person_id = p.id ORDER BY 1), reach FROM remit.people p WHERE email = '{email}'""",
    )
    return roles, places, reach


def _failures(settled: Location) -> list[str]:
    query = "SELECT (record::jsonb)->>'sentence' FROM remit.audit WHERE event = 'person:sign-in:failed' ORDER BY at"
    return [str(sentence) for (sentence,) in rows_as(settled, cast.COMPLIANCE.id, query)]


def test_somebody_new_comes_in_with_what_their_groups_give(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    assert "Sign in with Northlake ID" in client.get("/sign-in").text
    nina = Person("sub-nina", "Nina@northlake.example", "Nina New", ("Traders", "Football"))
    browser, answer = _sign_on(client, nina, house)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert "Nina New" in browser.get("/settings").text
    assert _held(settled, "nina@northlake.example") == (["ae"], ["West"], "own")
    by_sign_on = f"SELECT event FROM remit.audit WHERE actor_id = '{SIGN_ON_ID}'"
    assert ("person:sign-on:admit",) in rows_as(settled, cast.COMPLIANCE.id, by_sign_on)
    assert SECRET not in str(rows_as(settled, cast.COMPLIANCE.id, "SELECT record FROM remit.audit"))


@pytest.mark.parametrize(
    ("lies", "code"),
    [
        (Lies(claims={"nonce": "of another question"}), "nonce_wrong"),
        (Lies(claims={"nonce": None}), "nonce_wrong"),
        (Lies(alg="none"), "algorithm_not_allowed"),
        (Lies(alg="HS256"), "algorithm_not_allowed"),
        (Lies(alg="none", header={"alg": "NONE"}), "algorithm_not_allowed"),
        (Lies(unpublished_key=True), "signature_wrong"),
        (Lies(unpublished_key=True, header={"kid": "not-shown"}), "key_unknown"),
        (Lies(claims={"exp": 1_600_000_000}), "token_expired"),
        (Lies(claims={"exp": "later"}), "time_missing"),
        (Lies(claims={"iat": 1_600_000_000}), "token_old"),
        (Lies(claims={"iat": 4_000_000_000, "exp": 4_000_000_300}), "token_of_the_future"),
        (Lies(claims={"aud": "somebody else"}), "audience_other"),
        (Lies(claims={"aud": [CLIENT_ID, "somebody else"]}), "audience_other"),
        (Lies(claims={"aud": [CLIENT_ID, "x"], "azp": "x"}), "audience_other"),
        (Lies(claims={"azp": "somebody else"}), "audience_other"),
        (Lies(claims={"iss": "https://evil.example"}), "issuer_other"),
        (Lies(claims={"sub": ""}), "subject_missing"),
        (Lies(claims={"sub": 7}), "subject_missing"),
        (Lies(claims={"at_hash": "AAAA"}), "access_token_other"),
        (Lies(claims={"groups": ["ok", 7]}), "groups_unusable"),
        (Lies(claims={"groups": [f"g{n}" for n in range(501)]}), "groups_unusable"),
        (Lies(claims={"_claim_names": {"groups": "src1"}, "groups": None}), "groups_elsewhere"),
        (Lies(claims={"email_verified": None}), "email_missing"),
        (Lies(claims={"email_verified": "true"}), "email_missing"),
        (Lies(answer={"iss": "https://evil.example"}), "issuer_other"),
        (Lies(answer={"iss": ""}), "issuer_other"),
        (Lies(answer={"code": "made-up"}), "code_refused"),
        (Lies(answer={"error": "access_denied", "code": ""}), "provider_refused"),
        (Lies(token_bytes=b'{"token_type": "Bearer", "access_token": "a", "id_token": "a.b.c"}'), "token_unreadable"),
        (Lies(token_bytes=b'{"token_type": "Bearer", "access_token": "a"}'), "token_missing"),
    ],
)  # fmt: skip
def test_a_lying_provider_lets_nobody_in_and_it_is_on_the_record(
    client: TestClient, house: OidcProvider, settled: Location, lies: Lies, code: str
) -> None:
    house.lies = lies
    browser, answer = _sign_on(
        client, Person(f"sub-{code}", f"{code}@northlake.example", groups=("Traders",)), house
    )
    assert (answer.status_code, _in(browser)) == (401, False), answer.text[-400:]
    assert f"({code.replace('_', ' ')})" in _failures(settled)[-1]
    assert rows(settled, f"SELECT 1 FROM remit.people WHERE email = '{code}@northlake.example'") == []


def test_a_provider_that_is_away_or_talks_nonsense_is_503_and_the_password_stays(
    client: TestClient, house: OidcProvider
) -> None:
    browser = _browser(client)
    address = _to_provider(browser)
    for lies in (Lies(broken=True), Lies(token_bytes=b"[]"), Lies(token_bytes=b"{" * (2 << 20))):
        house.lies = lies
        answer = browser.get(address)
        assert answer.status_code == 503 and 'name="password"' in answer.text
        house.lies = Lies()
        address = _to_provider(browser)


def test_an_answer_serves_once_and_in_the_browser_that_asked(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    house.person, house.lies = (
        Person("sub-once", "once@northlake.example", groups=("Interns",)),
        Lies(takes_codes_twice=True),
    )
    browser, other = _browser(client), _browser(client)
    address = _to_provider(browser)
    kept = dict(browser.cookies)
    stolen = other.get(address)  # login CSRF: another browser is sent our answer
    assert (stolen.status_code, _in(other)) == (401, False) and "begun in another browser" in stolen.text
    assert browser.get(address).status_code == 303 and _in(browser)
    again = _browser(client)
    again.cookies.update({name: value for name, value in kept.items() if "sign_on" in name})
    assert (again.get(address).status_code, _in(again)) == (401, False)
    assert "(answer replayed)" in _failures(settled)[-1]
    twins, address = (_browser(client), _browser(client)), _to_provider(browser)
    for twin in twins:  # at the same moment: one of them is in
        twin.cookies.update({name: value for name, value in browser.cookies.items() if "sign_on" in name})
    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(lambda one: one.get(address).status_code, twins)) == [303, 401]
    doubled = _browser(client)
    address = _to_provider(doubled)
    assert doubled.get(address + "&code=mine").status_code == 401
    assert doubled.get(address.replace("state=", "state=x")).status_code == 401


def test_keys_are_rotated_without_a_restart_and_strangers_do_not_make_us_ask(
    client: TestClient, house: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = Person("sub-rota", "rota@northlake.example", groups=("Interns",))
    assert _sign_on(client, who, house)[1].status_code == 303
    house.rotate()
    monkeypatch.setattr(known_providers, "AGAIN_SECONDS", 0.0)
    assert _sign_on(client, who, house)[1].status_code == 303
    monkeypatch.setattr(known_providers, "AGAIN_SECONDS", 3600.0)
    house.lies, before = Lies(header={"kid": "made-up"}), house.asked["/firm/jwks"]
    for _ in range(3):
        assert client.post("/sign-on/logout", data={"logout_token": house.logout_token()}).status_code == 400
    assert house.asked["/firm/jwks"] == before


def test_what_the_token_does_not_say_is_asked_and_belongs_to_the_same_person(
    client: TestClient, house: OidcProvider
) -> None:
    house.in_id_token = False
    who = Person("sub-info", "info@northlake.example", groups=("Interns",))
    house.lies = Lies(
        userinfo={"sub": "sub-of-another", "email": "vera@northlake.example", "email_verified": True}
    )
    assert _sign_on(client, who, house)[1].status_code == 401
    house.lies = Lies(claims={"email": "other@northlake.example"})  # vouched for is the other address
    assert _sign_on(client, who, house)[1].status_code == 401
    house.lies = Lies()
    assert _in(_sign_on(client, who, house)[0])


def test_without_a_group_that_gives_a_role_nobody_is_admitted(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    for groups in ((), None, ("Football",)):
        browser, answer = _sign_on(client, Person("sub-none", "none@northlake.example", groups=groups), house)
        assert (answer.status_code, _in(browser)) == (403, False)
    assert rows(settled, "SELECT 1 FROM remit.people WHERE email = 'none@northlake.example'") == []


def test_groups_take_back_what_they_gave_and_nothing_else(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    who = Person("sub-gail", "gail@northlake.example", groups=("Traders", "Interns"))
    browser, _ = _sign_on(client, who, house)
    assert _held(settled, who.email) == (["ae", "sdr"], ["West"], "own")
    _by_hand(settled, who.email, "se")
    _sign_on(client, Person(who.subject, who.email, groups=("Interns",)), house)
    assert _held(settled, who.email) == (["sdr", "se"], [], "own")
    _by_hand(settled, who.email, None)
    out, answer = _sign_on(client, Person(who.subject, who.email, groups=None), house)
    assert answer.status_code == 401 and not _in(out)
    assert not _in(browser), "who is left without a role is signed out everywhere"
    assert _held(settled, who.email)[0] == []


def _by_hand(settled: Location, email: str, role: str | None) -> None:
    """Give a role past the groups, or take away what is not theirs (as the owner of the tables)."""
    change = f"INSERT INTO remit.person_roles SELECT id, '{role}' FROM remit.people WHERE email = '{email}' RETURNING 1"
    drop = f"DELETE FROM remit.person_roles WHERE role = 'se' AND person_id = (SELECT id FROM remit.people WHERE email = '{email}') RETURNING 1"
    assert rows(settled, change if role else drop)


def test_an_address_alone_opens_no_account_that_has_power(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    """Whoever can set their own address at the provider would else be the compliance officer by this afternoon."""
    [(cora,)] = rows(settled, "INSERT INTO remit.people (id, kind, name, email, reach) VALUES (gen_random_uuid(), 'person',"
                     " 'Carla Check', 'carla@northlake.example', 'all') RETURNING id")  # fmt: skip
    assert rows(settled, f"INSERT INTO remit.person_roles VALUES ('{cora}', 'compliance') RETURNING 1")
    thief = Person("sub-thief", "carla@northlake.example", groups=("Interns",))
    for _ in range(2):
        browser, answer = _sign_on(client, thief, house)
        assert (answer.status_code, _in(browser)) == (
            403,
            False,
        ) and "waits for a second person" in answer.text
    waiting = rows(
        settled, "SELECT id, encode(payload_hash, 'hex') FROM remit.suggestions WHERE kind = 'LinkSignOn'"
    )
    assert len(waiting) == 1, "one wish, however often somebody tries"
    approve(_scope(cast.VP), *waiting[0])
    assert _in(_sign_on(client, thief, house)[0])
    second = Person("sub-thief-2", "carla@northlake.example", groups=("Interns",))
    assert _sign_on(client, second, house)[1].status_code == 403
    demo = Person("sub-vera", cast.VP.email, groups=("Watchers",))
    assert _sign_on(client, demo, house)[1].status_code == 403


def test_who_oversees_by_a_group_is_shown_until_somebody_confirms(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    who = Person("sub-wanda", "wanda@northlake.example", "Wanda Watch", ("Watchers",))
    assert _in(_sign_on(client, who, house)[0])
    assert _held(settled, who.email) == (["compliance"], [], "all")
    assert rows(
        settled, "SELECT 1 FROM remit.people WHERE email = 'wanda@northlake.example' AND alone_at IS NOT NULL"
    )
    _sign_on(client, Person(who.subject, who.email, groups=("Interns",)), house)
    assert _held(settled, who.email) == (["sdr"], [], "own")


def test_a_leaver_is_not_let_in_whatever_the_provider_says(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    who = Person("sub-leo", "leo@northlake.example", "Leo Left", ("Interns",))
    browser, _ = _sign_on(client, who, house)
    assert _in(browser)
    [(leo, version)] = rows(settled, f"SELECT id, version FROM remit.people WHERE email = '{who.email}'")
    off = ManagePeople(
        person_id=leo,
        expected_version=version,
        name="Leo Left",
        email=who.email,
        roles=("sdr",),
        active=False,
    )
    assert isinstance(perform(_scope(cast.ADMIN), off), Performed)
    assert not _in(browser)
    again, answer = _sign_on(client, Person(who.subject, who.email, "Leo", ("Traders",)), house)
    assert (answer.status_code, _in(again)) == (401, False)
    assert _held(settled, who.email)[0] == ["sdr"]


def test_signing_out_ends_the_providers_session_and_the_other_way_round(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    who = Person("sub-oona", "oona@northlake.example", groups=("Interns",))
    browser, _ = _sign_on(client, who, house)
    out = browser.post("/sign-out", data={"csrf": token_of(browser.get("/settings").text)}, headers=ORIGIN)
    assert out.status_code == 200 and not _in(browser)
    address = out.text.split("url=")[1].split('"')[0].replace("&amp;", "&")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(f"{house.issuer}/logout?") and asked["post_logout_redirect_uri"].endswith(
        "/sign-in?out=1"
    )
    assert asked["id_token_hint"].count(".") == 2
    [(hint,)] = rows(
        settled,
        "SELECT hint FROM remit.sign_on_sessions s JOIN remit.web_sessions w ON w.id = s.session_id ORDER BY created_at DESC LIMIT 1",
    )
    assert asked["id_token_hint"].encode() not in bytes(hint)
    browser, _ = _sign_on(client, who, house)
    bad = [
        house.logout_token(nonce="x"), house.logout_token(events={}), house.logout_token(aud="x"), house.logout_token(exp=1),
        house.logout_token(iss="https://evil.example"), house.logout_token(jti=None), house.logout_token(sub=None), "x",
    ]  # fmt: skip
    for token in bad:
        assert client.post("/sign-on/logout", data={"logout_token": token}).status_code == 400
    house.lies = Lies(alg="none")
    assert client.post("/sign-on/logout", data={"logout_token": house.logout_token()}).status_code == 400
    assert _in(browser)
    house.lies = Lies()
    token = house.logout_token(sid="sid-sub-oona")
    assert client.post("/sign-on/logout", data={"logout_token": token}).status_code == 200 and not _in(
        browser
    )
    browser, _ = _sign_on(client, who, house)
    assert client.post("/sign-on/logout", data={"logout_token": token}).status_code == 400 and _in(browser)


def test_a_mapping_taken_back_takes_back_at_once(
    client: TestClient, house: OidcProvider, settled: Location
) -> None:
    _map("Guests", ("sdr",), ())
    browser, _ = _sign_on(client, Person("sub-gus", "guest@northlake.example", groups=("Guests",)), house)
    assert _in(browser)
    _map("Guests", (), (), version=1)
    assert not _in(browser) and _held(settled, "guest@northlake.example")[0] == []


def test_the_settings_page_shows_and_changes_what_groups_give(
    as_person, client: TestClient, house: OidcProvider, settled: Location
) -> None:
    admin = as_person(cast.ADMIN)
    page = admin.get("/settings/sign-on?asked=1").text
    assert house.issuer in page and "answers" in page and "Traders" in page and SECRET not in page
    form = {"csrf": token_of(page), "group": "Deal desk", "roles": ["operations"]}
    assert admin.post("/settings/sign-on/groups", data=form, headers=ORIGIN).status_code == 303
    assert "need a second person" in admin.get("/settings/sign-on").text  # it waits
    assert rows(settled, "SELECT 1 FROM remit.sign_on_groups WHERE name = 'Deal desk'") == []
    form = {"csrf": token_of(page), "group": "Temps", "roles": ["sdr"]}
    assert admin.post("/settings/sign-on/groups", data=form, headers=ORIGIN).status_code == 303
    assert "Temps" in admin.get("/settings/sign-on").text
    alice = as_person(cast.ALICE)
    form["csrf"] = token_of(alice.get("/settings/sign-on").text)
    alice.post("/settings/sign-on/groups", data={**form, "group": "Mine"}, headers=ORIGIN)
    assert rows(settled, "SELECT 1 FROM remit.sign_on_groups WHERE name = 'Mine'") == []
    house.lies = Lies(broken=True)
    assert "needs mending" in admin.get("/settings/sign-on?asked=1").text


def test_an_admin_signs_somebody_out_everywhere_and_a_rep_only_themselves(
    as_person, settled: Location
) -> None:
    bob, alice, admin = as_person(cast.BOB), as_person(cast.ALICE), as_person(cast.ADMIN)
    page = f"/settings/people/{cast.BOB.id}"
    assert "Sign out everywhere" not in alice.get(page).text and "Sign out everywhere" in bob.get(page).text
    alice.post(f"{page}/sessions/end", data={"csrf": token_of(alice.get(page).text)}, headers=ORIGIN)
    assert _in(bob)
    form = {"csrf": token_of(admin.get(page).text), "reason": "lost laptop"}
    assert admin.post(f"{page}/sessions/end", data=form, headers=ORIGIN).status_code == 303
    assert not _in(bob) and _in(alice)


def test_passwords_are_switched_off_but_for_an_admin_in_an_emergency(
    as_person, client: TestClient, house: OidcProvider, settled: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, role in (("ben", "sdr"), ("gale", "admin")):
        [(who,)] = rows(
            settled,
            f"INSERT INTO remit.people (id, kind, name, email) VALUES (gen_random_uuid(), 'person', '{name}', '{name}@northlake.example') RETURNING id",
        )
        rows(settled, f"INSERT INTO remit.person_roles VALUES ('{who}', '{role}') RETURNING 1")
        rows(
            settled,
            f"INSERT INTO remit.credentials (person_id, password_hash) VALUES ('{who}', '{hash_password('a long sentence here')}') RETURNING 1",
        )

    def attempt(name: str) -> int:
        given = {"email": f"{name}@northlake.example", "password": "a long sentence here"}
        return int(_browser(client).post("/sign-in", data=given, headers=ORIGIN).status_code)

    assert (attempt("ben"), attempt("gale")) == (303, 303)
    monkeypatch.setenv("REMIT_PASSWORD_SIGN_IN", "admins")
    settings.reload()
    assert (attempt("ben"), attempt("gale")) == (401, 303)
    seen = "SELECT event FROM remit.audit WHERE event = 'person:sign-in:break-glass'"
    assert len(rows_as(settled, cast.COMPLIANCE.id, seen)) == 1
    assert "Past the provider within 30 days" in as_person(cast.COMPLIANCE).get("/settings/sign-on").text
    monkeypatch.setenv("REMIT_OIDC_ISSUER", "")  # without a provider nobody is locked out
    settings.reload()
    assert attempt("ben") == 303

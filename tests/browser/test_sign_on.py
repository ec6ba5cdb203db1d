"""Single sign-on in a real Chromium, where cookies, redirects and the content security policy are the browser's own."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from remit import settings
from remit.actions import Waiting, approve, perform
from remit.connectors.oidc import provider as known_providers
from remit.connectors.saml import messages
from remit.domains.people.groups import MapGroup, list_groups
from remit.domains.people.saml import SetSamlProvider
from remit.identity import for_person
from remit.kit import clock
from tests.browser.conftest import PHONE, look
from tests.support import web_cast as cast
from tests.support.oidc_provider import CLIENT_ID, SECRET, Person, oidc_provider
from tests.support.saml_provider import ENTITY, SamlProvider, opened
from tests.support.saml_provider import Person as Saml

pytestmark = pytest.mark.browser


def test_in_and_out_by_the_provider(open_as, monkeypatch: pytest.MonkeyPatch) -> None:
    with oidc_provider() as house:
        for name, value in {"ISSUER": house.issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": SECRET, "NAME": "Northlake ID"}.items():  # fmt: skip
            monkeypatch.setenv(f"REMIT_OIDC_{name}", value)
        settings.reload()
        known_providers._known.clear()
        try:
            perform(for_person(cast.ADMIN.id, via="test"), MapGroup(group="Interns", roles=("sdr",)))
            house.person = Person("sub-bea", "bea@northlake.example", "Bea Browser", ("Interns",))
            page = open_as(None, "/settings/sign-on", size=PHONE)  # not signed in: sent to sign-in
            look(page)
            page.get_by_role("link", name="Sign in with Northlake ID").click()
            page.wait_for_url("**/settings/sign-on")
            look(page)
            assert "Bea Browser" in page.content()
            page.locator("details.who summary").click()
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url("**/sign-in?out=1")
            assert page.get_by_text("You are signed out.").is_visible()
            assert house.asked["/firm/logout"] == 1
            house.person = Person("sub-stranger", "stranger@northlake.example", "Stranger", ("Football",))
            page.get_by_role("link", name="Sign in with Northlake ID").click()
            page.get_by_role("alert").wait_for()
            page.problems.clear()  # the browser notes the 403 itself
            look(page)
        finally:
            monkeypatch.undo()
            settings.reload()


def test_in_and_out_by_saml_where_the_answer_comes_from_another_site(open_as) -> None:
    """The provider's page is of another site (localhost beside 127.0.0.1), so cookies and form rules are those of a real one."""
    house = SamlProvider(person=Saml("sub-sam", "sam@northlake.example", "Sam Browser", ("Interns",)))
    sso, slo = "http://localhost:9/sso", "http://localhost:9/slo"
    scope, agrees = for_person(cast.ADMIN.id, via="test"), for_person(cast.VP.id, via="test")
    act = SetSamlProvider(
        name="Northlake SAML", entity_id=ENTITY, sign_on_url=sso, logout_url=slo, logout_answer_url=slo,
        certificates=tuple(one.certificate for one in house.keys), trusts_email=True,
    )  # fmt: skip
    waiting = perform(scope, act)
    assert isinstance(waiting, Waiting)
    approve(agrees, waiting.suggestion_id, waiting.payload_hash)
    if not any(one.name == "Interns" for one in list_groups(scope)):
        perform(scope, MapGroup(group="Interns", roles=("sdr",)))
    page = open_as(None, "/settings/sign-on")
    origin = page.evaluate("location.origin")

    def sign_on(route) -> None:
        fields = "".join(
            f'<input type="hidden" name="{k}" value="{v}">'
            for k, v in house.answer(route.request.url).items()
        )
        route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{origin}/sign-on/saml/acs">{fields}<button>Go on</button></form>',
        )

    def sign_out(route) -> None:
        asked = opened(parse_qs(urlsplit(route.request.url).query)["SAMLRequest"][0])
        done = messages.logout_response(
            "_done", clock.now(), ENTITY, f"{origin}/sign-on/saml/logout", asked.get("ID")
        )
        back = messages.address(f"{origin}/sign-on/saml/logout", "SAMLResponse", done, "", house.keys[0])
        route.fulfill(status=302, headers={"Location": back})

    page.route("http://localhost:9/sso**", sign_on)
    page.route("http://localhost:9/slo**", sign_out)
    page.get_by_role("link", name="Sign in with Northlake SAML").click()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/settings/sign-on")
    assert "Sam Browser" in page.content()
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in?out=1")
    assert page.get_by_text("You are signed out.").is_visible()

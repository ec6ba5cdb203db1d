"""Single sign-on in a real Chromium, where cookies, redirects and the content security policy are the browser's own."""

from __future__ import annotations

import pytest

from remit import settings
from remit.actions import perform
from remit.connectors.oidc import provider as known_providers
from remit.domains.people.groups import MapGroup
from remit.identity import for_person
from tests.browser.conftest import PHONE, look
from tests.support import web_cast as cast
from tests.support.oidc_provider import CLIENT_ID, SECRET, Person, oidc_provider

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

"""Single sign-on against npm oidc-provider, which is certified: sign-on, a replayed code, logout on both sides.

Needs Node and REMIT_OIDC_PROVIDER, a folder in which `npm ci` with tests/counterparts was run; skipped where it is not set.
"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from remit import settings
from remit.actions import perform
from remit.connectors.oidc import provider
from remit.connectors.oidc import provider as known_providers
from remit.db.location import Location
from remit.domains.people.groups import MapGroup
from remit.identity import for_person
from remit.web.app import create_app
from tests.support import web_cast as cast
from tests.support.counterparts import counterpart
from tests.support.served import served
from tests.web.conftest import token_of

FOLDER = counterpart("REMIT_OIDC_PROVIDER", "folder with npm oidc-provider")
SCRIPT = Path(__file__).parents[1] / "support" / "oidc_certified.mjs"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def remit_address(settled: Location) -> Iterator[str]:
    with served(create_app()) as address:
        yield address


@dataclass
class Issuer:
    """The provider as a process; with each start it has another signing key and no session."""

    url: str
    command: list[str]
    running: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.running.stdout is not None
        assert any("ready" in line for line in iter(self.running.stdout.readline, ""))

    def stop(self) -> None:
        assert self.running is not None and self.running.stdout is not None
        self.running.terminate()
        self.running.wait()
        self.running.stdout.close()

    def keys(self) -> set[str]:
        return {each["kid"] for each in httpx.get(f"{self.url}/jwks").json()["keys"]}


@pytest.fixture(scope="module")
def issuer(remit_address: str) -> Iterator[Issuer]:
    port, secret = _free_port(), "a secret of 32 characters or more"
    asked = ["node", str(SCRIPT), FOLDER, str(port), remit_address, secret]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMIT_OIDC_ISSUER", f"http://127.0.0.1:{port}")
        patch.setenv("REMIT_OIDC_CLIENT_ID", "remit")
        patch.setenv("REMIT_OIDC_CLIENT_SECRET", secret)
        settings.reload()
        known_providers._known.clear()
        made = Issuer(f"http://127.0.0.1:{port}", asked)
        made.start()
        perform(for_person(cast.ADMIN.id, via="test"), MapGroup(group="Interns", roles=("sdr",)))
        yield made
        made.stop()
    settings.reload()


def _form(page: httpx.Response) -> tuple[str, dict[str, str]]:
    """The address and hidden fields of a page's form."""
    found = re.search(r'action="([^"]+)"', page.text)
    assert found, page.text[:2000]
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    return urljoin(str(page.url), found.group(1)), dict(fields)


def _sign_on(browser: httpx.Client, remit_address: str) -> httpx.Response:
    page = browser.get(f"{remit_address}/sign-on?next=/settings")
    for given in ({"login": "nora", "password": "any"}, {}):
        if not str(page.url).startswith(remit_address):
            address, fields = _form(page)
            page = browser.post(address, data={**fields, **given})
    return page


def test_sign_on_replay_and_logout_on_both_sides(
    issuer: Issuer, remit_address: str, settled: Location
) -> None:
    with httpx.Client(follow_redirects=True) as browser, httpx.Client(follow_redirects=True) as second:
        page = _sign_on(browser, remit_address)
        assert str(page.url) == f"{remit_address}/settings" and "Nora North" in page.text
        back = next(str(r.url) for r in page.history if "/sign-on/callback" in str(r.url))
        assert browser.get(back).status_code == 401  # the code was used, and so was our state
        assert browser.get(f"{remit_address}/settings").url.path == "/settings"
        assert _sign_on(second, remit_address).url.path == "/settings"

        out = browser.post(
            f"{remit_address}/sign-out", data={"csrf": token_of(page.text)}, headers={"Origin": remit_address}
        )
        farewell = out.text.split("url=")[1].split('"')[0].replace("&amp;", "&")
        address, fields = _form(browser.get(farewell))
        ended = browser.post(address, data={**fields, "logout": "yes"})
        assert str(ended.url) == f"{remit_address}/sign-in?out=1" and "You are signed out" in ended.text

        # the other browser signs out at the provider alone, which tells us by its back channel
        assert second.get(f"{remit_address}/settings").url.path == "/settings"
        address, fields = _form(second.get(f"{issuer.url}/session/end"))
        second.post(address, data={**fields, "logout": "yes"})
        assert second.get(f"{remit_address}/settings").url.path == "/sign-in"


def test_the_providers_keys_are_rotated_and_the_next_sign_on_works(
    issuer: Issuer, remit_address: str, settled: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    # here the keys change within the seconds in which a stranger's token would not make us ask again
    monkeypatch.setattr(provider, "AGAIN_SECONDS", 0.0)
    with httpx.Client(follow_redirects=True) as browser:
        assert _sign_on(browser, remit_address).url.path == "/settings"
    before = issuer.keys()
    issuer.stop()
    issuer.start()
    assert before and not before & issuer.keys()
    with httpx.Client(follow_redirects=True) as browser:
        page = _sign_on(browser, remit_address)
        assert page.url.path == "/settings" and "Nora North" in page.text

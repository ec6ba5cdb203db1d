"""Sign-on by SAML against npm samlp: signed assertion, signed response, logout on both sides, each side checking the other's signature.

Needs Node and REMIT_SAML_PROVIDER, a folder in which `npm ci` with tests/counterparts was run; skipped where it is not set.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from remit import settings
from remit.actions import Waiting, approve, perform
from remit.connectors.saml.keys import own_key
from remit.db.location import Location
from remit.domains.people.groups import MapGroup
from remit.domains.people.saml import SetSamlProvider
from remit.identity import for_person
from remit.web.app import create_app
from tests.support import web_cast as cast
from tests.support.counterparts import counterpart
from tests.support.saml_provider import make_key
from tests.support.served import served
from tests.support.smtp_server import free_port
from tests.web.conftest import token_of

FOLDER = counterpart("REMIT_SAML_PROVIDER", "folder with npm samlp")
SCRIPT = Path(__file__).parents[1] / "support" / "saml_counterpart.mjs"


def _pem(certificate: str) -> str:
    lines = re.findall(".{1,64}", certificate)
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


@pytest.fixture(scope="module")
def remit_address(settled: Location) -> Iterator[str]:
    with served(create_app()) as address:
        yield address


@pytest.fixture(scope="module")
def provider(
    remit_address: str, settled: Location, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder, port, key = tmp_path_factory.mktemp("idp"), free_port(), make_key()
    (folder / "idp.key").write_bytes(
        key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "idp.pem").write_text(_pem(key.certificate))
    (folder / "sp.pem").write_text(_pem(own_key(settings.load().home).certificate))
    asked = ["node", str(SCRIPT), FOLDER, str(port), remit_address, str(folder)]
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        assert any("ready" in line for line in iter(running.stdout.readline, ""))
        perform(for_person(cast.ADMIN.id, via="test"), MapGroup(group="Interns", roles=("sdr",)))
        _certificates[base] = key.certificate
        yield base
        running.terminate()


_certificates: dict[str, str] = {}


def _take(base: str, page: str, version: int) -> None:
    act = SetSamlProvider(
        name="samlp", entity_id=f"{base}/entity", sign_on_url=f"{base}/{page}", logout_url=f"{base}/logout",
        logout_answer_url=f"{base}/logout", certificates=(_certificates[base],), trusts_email=True, expected_version=version,
    )  # fmt: skip
    done = perform(for_person(cast.ADMIN.id, via="test"), act)
    if isinstance(done, Waiting):
        approve(for_person(cast.VP.id, via="test"), done.suggestion_id, done.payload_hash)


def _sign_on(browser: httpx.Client, remit_address: str) -> httpx.Response:
    page = browser.get(f"{remit_address}/sign-on/saml?next=/settings")
    fields = dict(re.findall(r'name="(SAMLResponse|RelayState)"\s+value="([^"]*)"', page.text))
    assert "SAMLResponse" in fields, page.text[:600]
    form = {name: unescape(value) for name, value in fields.items()}
    return browser.post(
        f"{remit_address}/sign-on/saml/acs", data=form, headers={"Origin": "http://127.0.0.1:1"}
    )


def test_sign_on_and_logout_on_both_sides(provider: str, remit_address: str) -> None:
    for version, page in enumerate(("assertion", "response")):
        _take(provider, page, version)
        with httpx.Client(follow_redirects=True) as browser:
            done = _sign_on(browser, remit_address)
            assert str(done.url) == f"{remit_address}/settings" and "Nora North" in done.text, done.text[
                -800:
            ]

    with httpx.Client(follow_redirects=True) as first, httpx.Client(follow_redirects=True) as second:
        page = _sign_on(first, remit_address)
        httpx.get(f"{provider}/join?sid=round-3")
        out = first.post(
            f"{remit_address}/sign-out", data={"csrf": token_of(page.text)}, headers={"Origin": remit_address}
        )
        ended = first.get(unescape(out.text.split("url=")[1].split('"')[0]))
        assert str(ended.url) == f"{remit_address}/sign-in?out=1" and "You are signed out" in ended.text

        # the other browser signs out at the provider alone, which tells us by way of the browser
        assert _sign_on(second, remit_address).url.path == "/settings"
        httpx.get(f"{provider}/join?sid=round-4")
        told = second.get(f"{provider}/logout")
        assert [str(one.url).split("?")[0] for one in told.history] == [f"{provider}/logout", f"{remit_address}/sign-on/saml/logout"]  # fmt: skip
        assert told.status_code == 200 and second.get(f"{remit_address}/settings").url.path == "/sign-in"

"""`remit sign-on`: the state of the provider, and groups by hand. `remit tokens`: made, listed, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

import remit.wiring
from remit import settings
from remit.cli import sign_on, tokens
from remit.db.location import Location
from tests.support.cast import Cast, make_cast
from tests.support.command import remit
from tests.support.oidc_provider import CLIENT_ID, SECRET, Lies, oidc_provider
from tests.support.saml_provider import ENTITY, SamlProvider


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


def test_check_says_what_to_mend(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    assert remit(capsys, "--json", "sign-on", "check").document["error"]["code"] == "sign_on_not_set"
    with oidc_provider() as house:
        try:
            for name, value in {"ISSUER": house.issuer, "CLIENT_ID": CLIENT_ID}.items():
                monkeypatch.setenv(f"REMIT_OIDC_{name}", value)
            settings.reload()
            unfit = remit(capsys, "sign-on", "check")
            assert unfit.code == 1 and "oidc_client_secret" in unfit.err
            monkeypatch.setenv("REMIT_OIDC_CLIENT_SECRET", SECRET)
            settings.reload()
            good = remit(capsys, "--json", "sign-on", "check")
            assert good.code == 0 and good.document["sign_on"]["keys_count"] == 1
            assert SECRET not in good.out
            monkeypatch.setenv("REMIT_OIDC_ISSUER", house.issuer + "/")  # not letter by letter
            settings.reload()
            assert "letter by letter" in remit(capsys, "sign-on", "check").err
            house.lies = Lies(broken=True)
            assert remit(capsys, "sign-on", "check").code == 4
            monkeypatch.setenv("REMIT_OIDC_ISSUER", "http://login.firm.example")
            settings.reload()
            assert "plain http to another machine" in remit(capsys, "sign-on", "check").err
        finally:
            monkeypatch.undo()
            settings.reload()


def test_a_group_is_mapped_listed_and_unmapped(cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield cast.location

    monkeypatch.setattr(sign_on, "database", opened)
    monkeypatch.setattr(tokens, "database", opened)
    made = remit(
        capsys, "--as", "Alice", "--json", "tokens", "issue", "Mine", "--kind", "LogActivity"
    ).document
    assert made["token"].startswith("remit_")
    listed = remit(capsys, "--as", "Alice", "--json", "tokens", "list")
    [mine] = listed.document["tokens"]
    assert mine["kinds"] == ["LogActivity"] and made["token"] not in listed.out
    assert remit(capsys, "--as", "Bob", "--json", "tokens", "list").document["tokens"] == []
    assert remit(capsys, "--as", "Bob", "tokens", "revoke", mine["id"]).code == 1
    assert remit(capsys, "--as", "Alice", "tokens", "revoke", mine["id"]).code == 0
    assert remit(capsys, "--as", "Alice", "tokens", "issue", "x", "--kind", "GrantRemit").code == 1
    assert remit(capsys, "--as", "Alice", "sign-on", "map", "Interns", "--role", "sdr").code == 1
    admin = remit(capsys, "--as", "Adam", "sign-on", "map", "Interns", "--role", "admin")
    assert admin.code in (1, 2) and "no group gives admin" in admin.err
    assert remit(capsys, "--as", "Adam", "sign-on", "map", "Interns", "--role", "sdr").code == 0
    listed = remit(capsys, "--json", "sign-on", "groups").document
    assert [(one["name"], one["roles"]) for one in listed["groups"]] == [("Interns", ["sdr"])]
    assert remit(capsys, "--as", "Adam", "sign-on", "map", "Interns").code == 0
    assert remit(capsys, "--json", "sign-on", "groups").document["groups"] == []


def test_a_saml_provider_is_taken_by_its_metadata(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys, tmp_path: Path
) -> None:
    monkeypatch.setattr(sign_on, "database", lambda: nullcontext())
    file = tmp_path / "idp.xml"
    file.write_text("<EntityDescriptor/>")
    bad = remit(capsys, "--as", "Adam", "--json", "sign-on", "saml", str(file))
    assert (bad.code, bad.document["error"]["code"]) == (1, "saml_metadata_unfit")
    file.write_text(SamlProvider().metadata())
    assert remit(capsys, "--as", "Alice", "sign-on", "saml", str(file)).code == 1
    done = remit(capsys, "--as", "Adam", "sign-on", "saml", str(file))  # nobody could agree yet in this firm
    assert done.code == 0 and ENTITY in done.out
    shown = remit(capsys, "--json", "sign-on", "saml").document["saml"]
    assert shown["entity_id"] == ENTITY and len(shown["keys"][0]["fingerprint"]) == 64
    assert remit(capsys, "--as", "Alice", "sign-on", "saml", "--remove").code == 1
    assert remit(capsys, "--as", "Cora", "sign-on", "saml", "--remove").code == 0
    assert remit(capsys, "sign-on", "saml").code == 1

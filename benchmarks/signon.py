"""A whole single sign-on, from the link on the sign-in page to the first page behind it, beside the provider's own time in it.

By OpenID Connect and by SAML. Both sides of one run: the provider on this machine times its own handlers (for SAML: making and
signing the answer, which the browser then brings); ours is the rest. The database is durable, the
records are written. Issue 4 asks for 300 ms at most.
"""

from __future__ import annotations

import os
import time
from statistics import median
from typing import Final

import httpx
import pytest
from tests.support import saml_provider
from tests.support.cast import make_cast
from tests.support.oidc_provider import CLIENT_ID, SECRET, OidcProvider, Person, oidc_provider
from tests.support.saml_provider import SamlProvider
from tests.support.served import served

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.support import Row, durable_server, percentile, row
from remit import settings
from remit.actions import perform
from remit.domains.people.groups import MapGroup
from remit.domains.people.saml import SetSamlProvider
from remit.scope import Scope

ROUNDS: Final = 60


def _once(address: str) -> float:
    """Seconds from the link to the page. The browser is there already: making one is not part of it."""
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        started = time.perf_counter()
        page = browser.get(f"{address}/sign-on?next=/settings")
        taken = time.perf_counter() - started
        if page.status_code != 200 or page.url.path != "/settings":
            raise RuntimeError(f"the sign-on ended at {page.url.path} with {page.status_code}")
    return taken


def _measured(address: str, house: OidcProvider, people: list[Person]) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for who in people:
        house.person, house.seconds = who, 0.0
        whole = _once(address)
        theirs.append(house.seconds * 1000)
        ours.append((whole - house.seconds) * 1000)
    return ours, theirs


def _once_by_saml(address: str, house: SamlProvider) -> tuple[float, float]:
    """Seconds of ours and of the provider's, from the link to the page."""
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        started = time.perf_counter()
        begun = browser.get(f"{address}/sign-on/saml?next=/settings", follow_redirects=False)
        asked = time.perf_counter()
        form = house.answer(begun.headers["location"])
        answered = time.perf_counter()
        page = browser.post(f"{address}/sign-on/saml/acs", data=form)
        done = time.perf_counter()
        if page.status_code != 200 or page.url.path != "/settings":
            raise RuntimeError(f"the sign-on ended at {page.url.path} with {page.status_code}")
    return (done - started) - (answered - asked), answered - asked


def _measured_by_saml(
    address: str, house: SamlProvider, people: list[saml_provider.Person]
) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for who in people:
        house.person = who
        mine, others = _once_by_saml(address, house)
        ours.append(mine * 1000)
        theirs.append(others * 1000)
    return ours, theirs


def _set_saml(scope: Scope) -> SamlProvider:
    """Nobody of this firm can sign in yet, so the admin's word is enough."""
    house = SamlProvider()
    keys = tuple(one.certificate for one in house.keys)
    act = SetSamlProvider(name="SAML", entity_id=saml_provider.ENTITY, sign_on_url=saml_provider.SIGN_ON, certificates=keys, trusts_email=True)  # fmt: skip
    perform(scope, act)
    return house


def run() -> list[Row]:
    """Rows for the first sign-on of somebody new and for every later one, by each protocol, in the middle and at 95 %."""
    from remit.web.app import create_app

    with (
        durable_server() as (location, home),
        oidc_provider() as house,
        pytest.MonkeyPatch.context() as patch,
    ):
        cast = make_cast(location)
        given = {
            "HOME": home,
            "OIDC_ISSUER": house.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": SECRET,
        }
        for name, value in given.items():
            patch.setenv(f"REMIT_{name}", os.fspath(value))
        settings.reload()
        # nobody of this firm can sign in yet, so the admin's word is enough
        perform(cast.scope("adam"), MapGroup(group="Traders", roles=("ae",), territories=("North",)))
        by_saml = _set_saml(cast.scope("adam"))
        people = [
            Person(f"sub-{n}", f"p{n}@northlake.example", f"Person {n}", ("Traders",)) for n in range(ROUNDS)
        ]
        with served(create_app()) as address:
            _measured(address, house, [Person("sub-warm", "warm@northlake.example", "Warm", ("Traders",))])
            rounds = {"first, admitted by group": people, "later": people}
            measured = {what: _measured(address, house, several) for what, several in rounds.items()}
            others = [
                saml_provider.Person(f"saml-{n}", f"s{n}@northlake.example", f"Person {n}", ("Traders",))
                for n in range(ROUNDS + 1)
            ]
            _measured_by_saml(address, by_saml, others[-1:])
            for what in ("SAML: first, admitted by group", "SAML: later"):
                measured[what] = _measured_by_saml(address, by_saml, others[:ROUNDS])
    settings.reload()
    rows = []
    for what, (ours, theirs) in measured.items():
        for name, figure in (("middle", median), ("95 %", lambda values: percentile(values, 0.95))):
            rows.append(
                row(
                    "signon", f"a sign-on ({what}) without the provider's time, {name}", figure(ours), figure(theirs),
                    "the provider's own time", "ms", runs=1, n=ROUNDS,
                )
            )  # fmt: skip
    return rows

"""SCIM against `scim2-cli`, a conformance checker of others. REMIT_SCIM_CHECKER names its program; skipped where it is not set."""

from __future__ import annotations

import subprocess

from remit.actions import Waiting, approve, perform
from remit.db.location import Location
from remit.domains.people.rules import token_hash
from remit.domains.people.tokens import IssueApiToken
from remit.identity import for_person
from remit.web.app import create_app
from tests.support import web_cast as cast
from tests.support.counterparts import counterpart
from tests.support.served import served

CHECKER = counterpart("REMIT_SCIM_CHECKER", "program scim2 of scim2-cli", node=False)
TOKEN = "remit_" + "c" * 43


def test_the_checker_finds_nothing(settled: Location) -> None:
    act = IssueApiToken(
        token_hash=token_hash(TOKEN).hex(), name="Checker", purpose="provisioning", reads=False
    )
    waiting = perform(for_person(cast.ADMIN.id, via="test"), act)
    assert isinstance(waiting, Waiting)
    approve(for_person(cast.VP.id, via="test"), waiting.suggestion_id, waiting.payload_hash)
    with served(create_app()) as address:
        asked = [CHECKER, "--url", f"{address}/scim/v2", "--header", f"Authorization: Bearer {TOKEN}", "test"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "SUCCESS" in said and "ERROR" not in said, said[-6000:]

"""Hostile text in every field, opened in a real Chromium: no dialog, no breach of the content security policy, nothing run."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from remit.web.app import create_app
from tests.browser.conftest import fits
from tests.support import web_cast as cast
from tests.support.hostile import plant, walk
from tests.web.conftest import ORIGIN

pytestmark = pytest.mark.browser


def test_nothing_that_somebody_typed_runs(open_as, settled) -> None:  # type: ignore[no-untyped-def]
    pages: dict[str, list[str]] = {}
    app = create_app()
    taken: set[str] = set()
    for member in (cast.ALICE, cast.VP):
        person = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
        person.post("/sign-in/demo", data={"person": str(member.id)}, headers=ORIGIN)
        done = plant(person, taken=taken)
        taken |= {path for path, status in done.items() if status == 303}
        assert taken
        pages[member.name] = [path for path, _, _ in walk(person, most=24)]
    for member in (cast.ALICE, cast.VP):
        page = open_as(member, "/today")
        dialogs: list[str] = []
        page.on("dialog", lambda one, told=dialogs: (told.append(one.message), one.dismiss()))
        for path in pages[member.name]:
            page.goto(path)
            page.wait_for_load_state("load")
            fits(page)
        assert not dialogs

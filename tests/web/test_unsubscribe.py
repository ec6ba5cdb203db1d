"""One-click unsubscribing (RFC 8058): from anywhere, for exactly one message's recipient, once; wrong links look the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from remit import settings
from remit.connectors.email import unsubscribing
from remit.connectors.email.config import read
from remit.connectors.email.deliver import EmailDeliverer
from remit.db.location import Location
from remit.web.app import create_app
from remit.web.pages import unsubscribe
from remit.web.sign_in import AddressBackOff
from tests.support.cast import Cast, make_cast
from tests.support.mail import add_contact, queue_email, state, until, working

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The secret of the links is made in a folder of the test."""
    monkeypatch.setenv("REMIT_HOME", str(tmp_path))
    settings.reload()
    yield
    monkeypatch.undo()
    settings.reload()


@pytest.fixture
def anybody(cast: Cast) -> TestClient:
    """Somebody from outside, whose wrong links are not counted yet."""
    unsubscribe.wrong = AddressBackOff()
    return TestClient(create_app(), raise_server_exceptions=False)


def link(effect: UUID) -> str:
    return "/unsubscribe/" + unsubscribing.token(unsubscribing.secret(settings.load().home), effect)


def listed(cast: Cast, address: str) -> bool:
    [(found,)] = cast.sql("SELECT remit.must_not_contact(:a, NULL)", a=address)
    return bool(found)


def test_opening_changes_nothing_and_the_button_stops_it_once(cast: Cast, anybody: TestClient) -> None:
    effect = queue_email(cast, add_contact(cast, "pine", "one@pine.example"), "one@pine.example")
    page = anybody.get(link(effect.id))
    assert page.status_code == 200 and "Stop e-mails to me" in page.text
    assert not listed(cast, "one@pine.example")
    for _ in range(3):  # as a mail program asks: another site, no cookie, no token
        done = anybody.post(link(effect.id), data=ONE_CLICK, headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"})  # fmt: skip
        assert done.status_code == 200 and "off our list" in done.text
    assert listed(cast, "one@pine.example") and not listed(cast, "two@pine.example")
    assert cast.sql("SELECT state FROM remit.consents WHERE contact_id = :c", c=effect.contact) == [
        ("withdrawn",)
    ]
    assert cast.sql("SELECT kind FROM remit.outcomes WHERE effect_id = :e", e=effect.id) == [("opt_out",)]
    assert cast.sql("SELECT count(*) FROM remit.audit WHERE event = 'message:unsubscribe'") == [(1,)]


def test_what_was_queued_for_that_address_is_recalled_at_the_commit_point(
    cast: Cast, anybody: TestClient, tmp_path: Path
) -> None:
    contact = add_contact(cast, "pine", "later@pine.example")
    first, second = (queue_email(cast, contact, "later@pine.example") for _ in range(2))
    other = queue_email(cast, add_contact(cast, "pine", "other@pine.example"), "other@pine.example")
    assert anybody.post(link(first.id), data=ONE_CLICK).status_code == 200
    with working(cast.location, tmp_path):
        until(lambda: state(cast, other.id)[0] == "delivered")
        until(lambda: state(cast, second.id)[0] == "recalled")
    assert cast.sql("SELECT count(*) FROM remit.captured_mail WHERE effect_id = :e", e=second.id) == [(0,)]


def test_wrong_links_look_like_right_ones_and_are_slowed_down(cast: Cast, anybody: TestClient) -> None:
    effect = queue_email(cast, add_contact(cast, "pine", "safe@pine.example"), "safe@pine.example")
    right = link(effect.id)
    changed = right[:-1] + ("a" if right[-1] != "a" else "b")
    other = unsubscribing.token("another secret", effect.id)
    shown = {
        re.sub(r"/unsubscribe/[^\"]*", "", anybody.get(path).text)
        for path in (right, changed, "/unsubscribe/x")
    }
    assert len(shown) == 1
    said = anybody.post(
        link(queue_email(cast, add_contact(cast, "pine", "ok@pine.example"), "ok@pine.example").id)
    )
    for wrong in (
        changed,
        f"/unsubscribe/{other}",
        "/unsubscribe/x",
        "/unsubscribe/'%3B--",
        f"/unsubscribe/{effect.id}",
    ):
        unsubscribe.wrong = AddressBackOff()
        answer = anybody.post(wrong, data=ONE_CLICK)
        assert (answer.status_code, answer.text) == (said.status_code, said.text), wrong
    statuses = [anybody.post("/unsubscribe/x", data=ONE_CLICK).status_code for _ in range(40)]
    assert statuses[0] == 200 and statuses[-1] == 429
    assert not listed(cast, "safe@pine.example")
    assert anybody.post(right, data=ONE_CLICK).status_code == 200, "right links are never held up"
    assert listed(cast, "safe@pine.example")


def test_a_link_of_a_message_that_is_gone_tells_nothing(cast: Cast, anybody: TestClient) -> None:
    assert "off our list" in anybody.post(link(uuid4()), data=ONE_CLICK).text


def test_the_link_in_the_message_is_the_page_s(cast: Cast, anybody: TestClient) -> None:
    public = settings.load().model_copy(update={"mail_unsubscribe_url": "https://remit.example/unsubscribe/"})
    effect = queue_email(cast, add_contact(cast, "pine", "link@pine.example"), "link@pine.example")
    address = EmailDeliverer(read(public)).unsubscribe_address(effect.id)
    assert address.startswith("https://remit.example/unsubscribe/")
    anybody.post(address.removeprefix("https://remit.example"), data=ONE_CLICK)
    assert listed(cast, "link@pine.example")

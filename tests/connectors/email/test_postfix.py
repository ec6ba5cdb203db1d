"""Our own sending and receiving against a real Postfix and a real Dovecot, over TLS and with sign-in on both sides."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from remit import identity
from remit.connectors.email.config import Mailbox
from remit.db.location import Location
from remit.workflows.receive_mail import receive
from tests.support.cast import Cast, make_cast
from tests.support.killing import smtp_settings
from tests.support.mail import Queued, add_contact, queue_email, state, until, working
from tests.support.postfix import (
    ARCHIVE,
    DANA,
    FULL,
    GONE,
    GREY,
    INBOX,
    NOBODY,
    PASSWORD,
    PATH,
    PostOffice,
    post_office,
)

pytestmark = pytest.mark.postfix


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture(scope="module")
def cast(office: PostOffice, database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def settings(office: PostOffice, home: Path, **more: object) -> dict[str, object]:
    given = {
        "smtp_security": "starttls", "smtp_user": INBOX, "smtp_password": PASSWORD, "mail_ca_file": office.authority.ca_file,
        "mail_reply_to": INBOX, "mail_archive_address": ARCHIVE, "archive_imap_user": ARCHIVE, "archive_imap_password": PASSWORD,
        "imap_host": "127.0.0.1", "imap_port": office.imap, "imap_security": "tls", "imap_user": INBOX,
        "imap_password": PASSWORD,
    }  # fmt: skip
    return smtp_settings(home, office.smtp, **{**given, **more})


def send(
    cast: Cast, office: PostOffice, home: Path, address: str, wanted: str = "delivered", **more: object
) -> Queued:
    """Send one message to a contact at `address`, and wait until it has come to `wanted`."""
    payload = {key: more.pop(key) for key in ("in_reply_to", "references") if key in more}
    effect = queue_email(cast, add_contact(cast, "pine", address), address, **payload)
    chosen = settings(office, home, **more)
    with working(cast.location, home, **{k: v for k, v in chosen.items() if k != "home"}):
        until(lambda: state(cast, effect.id)[0] == wanted and state(cast, effect.id)[2] + ".", 30)
    return effect


def arrived(office: PostOffice, account: str, mark: str) -> EmailMessage:
    """The message in an account's mailbox that holds `mark` (a Message-ID, a plus-address)."""

    def look() -> list[bytes]:
        return [raw for raw in office.messages(account) if mark.encode() in raw]

    return message_from_bytes(until(look, 30)[0])  # type: ignore[return-value]


def message_id(cast: Cast, effect: Queued) -> str:
    [(proof,)] = cast.sql("SELECT proof FROM remit.receipts WHERE effect_id = :id", id=effect.id)
    assert proof["transport"] == "smtp" and "queued as" in proof["answer"]
    return str(proof["message_id"])


def received(cast: Cast, office: PostOffice, effect: Queued) -> list[tuple[str, dict[str, object]]]:
    """Read our mailbox until something has come of `effect`; its outcomes."""
    box = Mailbox("127.0.0.1", office.imap, "tls", INBOX, PASSWORD, ca_file=office.authority.ca_file)

    def look() -> object:
        receive(identity.for_service("mail", via="test"), box)
        return cast.sql("SELECT kind, detail FROM remit.outcomes WHERE effect_id = :id", id=effect.id)

    return until(look, 30)  # type: ignore[no-any-return]


def reload_tables(office: PostOffice) -> None:
    """Let Postfix read its tables again."""
    subprocess.run(
        ["postfix", "-c", str(office.folder / "etc"), "reload"],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": PATH},
    )


def answer(original: EmailMessage, text: str, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = f"Dana <{DANA}>", original["Reply-To"]
    made["Subject"] = "Re: " + original["Subject"]
    made["Message-ID"] = f"<{abs(hash(text))}@pine.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def test_a_message_arrives_whole_with_its_copy_and_its_threading(
    cast: Cast, office: PostOffice, home: Path
) -> None:
    before = ["<first@pine.example>", "<second@pine.example>"]
    effect = send(cast, office, home, DANA, in_reply_to=before[1], references=before)
    identifier = message_id(cast, effect)
    found = arrived(office, DANA, identifier)
    assert found["Message-ID"] == identifier
    assert found["In-Reply-To"] == before[1] and found["References"].split() == before
    assert found["From"] == "Alice <alice@northlake.example>" and "inbox+" in found["Reply-To"]
    assert found["Return-Path"] == f"<{found['Reply-To'].split('<')[-1].strip('<>')}>", (
        "reports find their effect"
    )
    assert "ESMTPSA" in found["Received"], "over TLS, signed in"
    assert "\n.\n..and a dot." in found.get_payload(decode=True).decode().replace("\r\n", "\n")
    copy = arrived(office, ARCHIVE, identifier)
    assert copy["Message-ID"] == identifier and ARCHIVE not in str(found)


def test_a_reply_is_matched_by_its_headers_and_without_them_by_the_plus_address(
    cast: Cast, office: PostOffice, home: Path
) -> None:
    effect = send(cast, office, home, DANA)
    original = arrived(office, DANA, message_id(cast, effect))
    threaded = {"In_Reply_To": original["Message-ID"], "References": original["Message-ID"], "To": INBOX}
    raw = answer({"Reply-To": INBOX, "Subject": original["Subject"]}, "Tell me more.", **{k: v for k, v in threaded.items() if k != "To"})  # type: ignore[arg-type]  # fmt: skip
    office.put(DANA, INBOX, raw)
    assert [kind for kind, _ in received(cast, office, effect)] == ["reply"]

    second = send(cast, office, home, DANA)
    original = arrived(office, DANA, message_id(cast, second))
    office.put(DANA, original["Reply-To"], answer(original, "And what does it cost?"))
    assert [kind for kind, _ in received(cast, office, second)] == ["reply"]


def test_an_opt_out_stops_the_address(cast: Cast, office: PostOffice, home: Path) -> None:
    address = "dana+list@pine.example"
    effect = send(cast, office, home, address)
    original = arrived(office, DANA, message_id(cast, effect))
    target = original["List-Unsubscribe"].strip("<>").removeprefix("mailto:").partition("?")[0]
    office.put(DANA, target, answer(original, "Please remove me from your list."))
    assert [kind for kind, _ in received(cast, office, effect)] == ["opt_out"]
    assert cast.sql("SELECT remit.must_not_contact(:a, NULL)", a=address) == [(True,)]


@pytest.mark.parametrize(("address", "status", "stopped"), [(GONE, "5.1.1", True), (FULL, "5.", False)])
def test_accepted_first_and_bounced_later(
    cast: Cast, office: PostOffice, home: Path, address: str, status: str, stopped: bool
) -> None:
    """Postfix takes the message and finds out afterwards; its own report comes to our plus-address."""
    effect = send(cast, office, home, address)
    identifier = message_id(cast, effect)
    [(kind, detail)] = received(cast, office, effect)
    assert kind == "bounced" and str(detail["status"]).startswith(status), detail
    report = arrived(office, INBOX, identifier)
    assert report["Return-Path"] == "<>" and report.get_content_type() == "multipart/report"
    assert cast.sql("SELECT remit.must_not_contact(:a, NULL)", a=address) == [(stopped,)]
    assert state(cast, effect.id)[0] == "delivered", "it did leave; the outcome says what came of it"


def test_refused_at_once(cast: Cast, office: PostOffice, home: Path) -> None:
    effect = send(cast, office, home, NOBODY, wanted="failed", mail_archive_address="")
    assert "550 5.1.1" in state(cast, effect.id)[2]
    [(kind, detail)] = cast.sql("SELECT kind, detail FROM remit.outcomes WHERE effect_id = :id", id=effect.id)
    assert (kind, detail["code"]) == ("refused", 550)


def test_a_greylisting_server_is_asked_again_later(cast: Cast, office: PostOffice, home: Path) -> None:
    effect = queue_email(cast, add_contact(cast, "pine", GREY), GREY)
    chosen = settings(office, home)
    again = (
        "SELECT state, known, attempt_count, next_at > clock_timestamp() FROM remit.effects WHERE id = :id"
    )
    with working(cast.location, home, **{k: v for k, v in chosen.items() if k != "home"}):
        until(lambda: cast.sql(again, id=effect.id)[0][1], 30)
        [(now, known, attempts, later)] = cast.sql(again, id=effect.id)
        assert (now, attempts, later) == ("queued", 1, True) and "451 4.7.1" in known
        access = office.folder / "access"
        access.write_text("# let in now\n")
        reload_tables(office)
        cast.sql("UPDATE remit.effects SET next_at = clock_timestamp() WHERE id = :id", id=effect.id)
        until(lambda: state(cast, effect.id)[0] == "delivered", 30)
    arrived(office, GREY, message_id(cast, effect))


def test_a_certificate_of_somebody_else_is_not_talked_to(cast: Cast, office: PostOffice, home: Path) -> None:
    effect = queue_email(cast, add_contact(cast, "pine", DANA), DANA)
    chosen = settings(office, home, mail_ca_file=None)
    with working(cast.location, home, **{k: v for k, v in chosen.items() if k != "home"}):
        until(lambda: state(cast, effect.id)[2], 30)
    now, _, known = state(cast, effect.id)
    assert now == "queued" and "certificate" in known.lower()

"""The message as it goes out: headers, threading, how to stop it, and nothing that was smuggled in."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from remit.connectors.email import addresses, manifest, message
from remit.connectors.email.addresses import HeaderUnsafe
from remit.connectors.email.message import EmailPayload, Sender
from remit.kit.ids import new_id

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EFFECT = UUID("0190c0de-0000-7000-8000-000000000001")
IDENTIFIER = "<remit.1@northlake.example>"


def payload(**changed: object) -> EmailPayload:
    base = {
        "to": "dana@pine.example",
        "to_name": "Dana Field",
        "subject": "Costs",
        "body": "Dear Dana",
        "contact_id": new_id(),
    }
    return EmailPayload.model_validate({**base, **changed})


def sender(**changed: object) -> Sender:
    own = addresses.parse("alice@northlake.example")
    base = {"address": own, "reply_to": own, "person_name": "Alice Moor", "firm_name": "Northlake Systems",
            "postal_address": "1 Example Street"}  # fmt: skip
    return Sender(**{**base, **changed})  # type: ignore[arg-type]


def built(p: EmailPayload | None = None, s: Sender | None = None) -> tuple[bytes, EmailMessage]:
    p, s = p or payload(), s or sender()
    wire = message.build(p, s, addresses.parse(p.to), EFFECT, IDENTIFIER, AT)
    return wire, message_from_bytes(wire, policy=policy.default)  # type: ignore[return-value]


def test_headers_of_a_first_message() -> None:
    wire, seen = built()
    assert seen["From"] == "Alice Moor <alice@northlake.example>"
    assert seen["To"] == "Dana Field <dana@pine.example>"
    assert seen["Message-ID"] == IDENTIFIER
    assert seen["Date"].datetime == AT
    assert addresses.effect_of(str(seen["Reply-To"])) == EFFECT
    assert seen["List-Unsubscribe"].startswith("<mailto:alice+")
    assert "List-Unsubscribe-Post" not in seen
    assert "In-Reply-To" not in seen
    assert seen.get_content_type() == "text/plain"
    assert seen["Content-Transfer-Encoding"] == "quoted-printable"
    text = seen.get_content().replace("\r\n", "\n")
    assert text.startswith("Dear Dana\n")
    assert "Alice Moor\nNorthlake Systems, 1 Example Street" in text
    assert "unsubscribe" in text
    assert wire.endswith(b"\r\n")
    assert b"\n" not in wire.replace(b"\r\n", b"")


def test_a_reply_carries_its_thread() -> None:
    _, seen = built(payload(in_reply_to="<b@pine.example>", references=("<a@northlake.example>",)))
    assert seen["In-Reply-To"] == "<b@pine.example>"
    assert seen["References"] == "<a@northlake.example> <b@pine.example>"


def test_one_click_needs_an_https_address() -> None:
    _, seen = built(s=sender(unsubscribe_url="https://remit.example/u/token"))
    assert seen["List-Unsubscribe"].startswith(
        f"<https://remit.example/u/token>, <mailto:alice+{addresses.token(EFFECT)}@"
    )
    assert seen["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    wire, _ = built(s=sender(unsubscribe_url="https://remit.example/" + "a" * 300))
    assert b"a" * 300 in wire  # neither folded nor encoded


def test_other_scripts_survive() -> None:
    p = payload(
        to="dana@bücher.example",
        to_name="Даня 🌲",
        subject="Kosten über 5 % — נתונים",
        body="Zürich\u202eabc € 1,5 Mio.",
    )
    wire, seen = built(p)
    assert seen["To"].addresses[0].addr_spec == "dana@xn--bcher-kva.example"
    assert seen["To"].addresses[0].display_name == "Даня 🌲"
    assert seen["Subject"] == "Kosten über 5 % — נתונים"
    assert "Zürich\u202eabc € 1,5 Mio." in seen.get_content()
    assert wire.isascii()


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "Costs\r\nBcc: eve@evil.example"},
        {"subject": "Costs\nX: y"},
        {"to_name": "Dana\r\nBcc: eve@evil.example"},
        {"in_reply_to": "<a@b.example>\r\nBcc: eve@evil.example"},
        {"in_reply_to": "no brackets"},
        {"references": ("<a@b.example> <c@d.example>",)},
    ],
)
def test_header_injection_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(HeaderUnsafe):
        built(payload(**changed))


def test_nul_and_huge_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        built(payload(body="a\x00b"))
    with pytest.raises(ValueError, match="megabyte"):
        built(payload(body="a" * 1_000_001))


def test_a_line_in_the_body_cannot_end_the_message() -> None:
    wire, seen = built(payload(body="one\r\n.\r\nMAIL FROM:<eve@evil.example>\r.\ntwo"))
    assert "MAIL FROM" in seen.get_content()
    assert seen["To"] == "Dana Field <dana@pine.example>"
    assert b"\r\n.\r\n" in wire  # doubled by the client on the way, see test_client


def test_what_it_is_proven_against_stands_in_the_docs() -> None:
    told = (Path(__file__).parents[3] / "docs" / "email.md").read_text("utf-8")
    assert [one for one in manifest.PROVEN_AGAINST if one.split()[0] not in told] == []
    assert manifest.NOT_PROVEN.capitalize() in told

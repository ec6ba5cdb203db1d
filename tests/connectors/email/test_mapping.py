"""What an incoming message is, however broken it arrives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.connectors.email import mapping


def read(text: str) -> mapping.Incoming:
    return mapping.read(text.replace("\n", "\r\n").encode())


@pytest.mark.parametrize(
    ("headers", "body", "kind"),
    [
        ("Subject: Re: Costs", "Happy to talk.", "reply"),
        ("Subject: unsubscribe", "", "opt_out"),
        ("Subject: Re: UNSUBSCRIBE", "", "opt_out"),
        ("Subject: Re: Costs", "Please remove me from your list.", "opt_out"),
        ("Subject: Re: Costs", "Stop", "opt_out"),
        ("Subject: Re: Costs", "We should stop routing to venue X.", "reply"),
        ("Subject: Re: Costs", "Interesting.\n> reply with unsubscribe\n> unsubscribe", "reply"),
        ("Subject: Automatic reply: Costs", "I am away.", "auto_reply"),
        ("Subject: Re: Costs\nAuto-Submitted: auto-replied", "unsubscribe", "auto_reply"),
        ("Subject: Re: Costs\nAuto-Submitted: no", "Yes.", "reply"),
        ("Subject: Failed\nFrom: MAILER-DAEMON@mx.example", "could not", "bounce"),
    ],
)
def test_kinds(headers: str, body: str, kind: str) -> None:
    assert read(f"{headers}\nIn-Reply-To: <a@b.example>\n\n{body}\n").kind == kind


def test_references_are_nearest_first() -> None:
    found = read("In-Reply-To: <c@x.example>\nReferences: <a@x.example> <b@x.example>\n <c@x.example>\n\nhi")
    assert found.references == ("<c@x.example>", "<b@x.example>", "<a@x.example>")


def test_html_alone_is_read_as_words() -> None:
    found = read("Content-Type: text/html\n\n<style>p{}</style><p>Yes &amp; no</p><script>alert(1)</script>")
    assert found.text.split() == ["Yes", "&", "no"]


def test_unknown_charsets_and_broken_encodings_are_read_as_far_as_they_go() -> None:
    assert "hello" in read("Content-Type: text/plain; charset=klingon\n\nhello").text
    assert read("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!").kind == "reply"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    found = mapping.read(b"Content-Type: multipart/report; boundary=b\r\nFrom: " + raw)
    assert "\x00" not in found.text
    assert len(found.message_id) <= 252
    mapping.read(raw)

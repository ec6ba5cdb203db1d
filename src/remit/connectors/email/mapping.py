"""From a raw message to what it is: a reply, an automatic answer, a wish to be left alone, a bounce. Pure.

Everything here is text from outside. It is classified into a few words of ours and kept as data; no part of it
becomes a recipient, an instruction or an amount.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from typing import Any, Final, Literal
from uuid import UUID

from remit.connectors.email import addresses
from remit.kit.text import clean

Kind = Literal["reply", "auto_reply", "opt_out", "bounce"]

MAX_TEXT: Final = 200_000
MAX_PARTS: Final = 200
_ID: Final = re.compile(r"<[^<>\s]{1,250}>")
_OUR_ID: Final = re.compile(r"<?(remit\.[0-9a-f]{40}@[a-z0-9.-]{1,250})>?", re.IGNORECASE)
_AUTO_SUBJECT: Final = re.compile(
    r"^\s*(automatic reply|auto(matic)? ?-?response|out of (the )?office|abwesenheit|automatische antwort|absence|"
    r"réponse automatique|respuesta automática)\b",
    re.IGNORECASE,
)
_OPT_OUT: Final = re.compile(
    r"^\W*(please\s+)?(unsubscribe(\s+me)?|remove\s+me(\s+from\s+(your|this)\s+(mailing\s+)?list)?|opt[\s-]?out|"
    r"stop(\s+(e-?mailing|writing(\s+to)?)(\s+me)?)?|take\s+me\s+off(\s+(your|this)\s+list)?|"
    r"do\s+not\s+(contact|e-?mail|write\s+to)\s+me(\s+again)?)(\s+please)?\W*$",
    re.IGNORECASE,
)
_QUOTE: Final = re.compile(
    r"^(>|On .{5,200} wrote:\s*$|-{2,}\s*Original Message|_{5,}|Von: |From: )", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says of one recipient. `hard`: the address does not work, now or later."""

    hard: bool
    final: bool
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as received. `references`: identifiers it may answer to, the nearest first."""

    kind: Kind
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    effect_id: UUID | None
    from_address: str
    to_address: str
    subject: str
    text: str
    at: datetime | None
    sha256: str
    bounce: Bounce | None = None
    oddities: tuple[str, ...] = field(default=())


def read(raw: bytes) -> Incoming:
    """Understand a raw message, however broken; never raises for what is in it."""
    parsed = message_from_bytes(raw, policy=policy.default)
    digest = hashlib.sha256(raw).hexdigest()
    report = _bounce(parsed, raw)
    text = _text(parsed)
    identifier = next(iter(_identifiers(parsed, "Message-ID")), f"<sha256.{digest}@none.invalid>")
    referred = _referred(parsed, raw, report is not None)
    subject = _header(parsed, "Subject")[:1000]
    return Incoming(
        kind=_kind(parsed, subject, text, report),
        message_id=identifier,
        in_reply_to=next(iter(_identifiers(parsed, "In-Reply-To")), None),
        references=referred,
        effect_id=_tagged(parsed),
        from_address=parseaddr(_header(parsed, "From"))[1][:320],
        to_address=parseaddr(_header(parsed, "To"))[1][:320],
        subject=subject,
        text=text,
        at=_date(parsed),
        sha256=digest,
        bounce=report,
        oddities=tuple(sorted({type(one).__name__ for one in parsed.defects}))[:10],
    )


def _kind(parsed: Message[Any, Any], subject: str, text: str, report: Bounce | None) -> Kind:
    if report is not None:
        return "bounce"
    if _is_automatic(parsed, subject):
        return "auto_reply"
    bare = re.sub(r"^\s*((re|aw|fw|fwd|sv)\s*:\s*)+", "", subject, flags=re.IGNORECASE)
    own_words = new_text(text).strip()
    if _OPT_OUT.match(bare) or any(
        _OPT_OUT.match(line) for line in own_words.splitlines()[:3] if line.strip()
    ):
        return "opt_out"
    return "reply"


def new_text(text: str) -> str:
    """The lines before the first quotation of an earlier message."""
    kept: list[str] = []
    for line in text.splitlines():
        if _QUOTE.match(line.strip()):
            break
        kept.append(line)
    return "\n".join(kept)


def _is_automatic(parsed: Message[Any, Any], subject: str) -> bool:
    """RFC 3834, and what was used before it."""
    submitted = _header(parsed, "Auto-Submitted").lower().split(";")[0].strip()
    if submitted and submitted != "no":
        return True
    if any(_header(parsed, name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return True
    if _header(parsed, "Precedence").lower().strip() in ("auto_reply", "bulk", "junk", "list"):
        return True
    return bool(_AUTO_SUBJECT.match(subject))


def _bounce(parsed: Message[Any, Any], raw: bytes) -> Bounce | None:
    if parsed.get_content_type() == "multipart/report":
        found = [one for part in _parts(parsed) if part.get_content_type() == "message/delivery-status"
                 for one in _reports(part)]  # fmt: skip
        failed = [one for one in found if one.final] or found
        if failed:
            return failed[0]
    sender = parseaddr(_header(parsed, "From"))[1].lower()
    empty_path = _header(parsed, "Return-Path").strip() == "<>"
    if sender.startswith(("mailer-daemon@", "postmaster@")) or (empty_path and _OUR_ID.search(_latin(raw))):
        if _is_automatic(parsed, "") and not sender.startswith(("mailer-daemon@", "postmaster@")):
            return None
        return Bounce(False, True, "", "a report that is not in the standard form")
    return None


def _reports(part: Message[Any, Any]) -> list[Bounce]:
    found = []
    for block in part.get_payload() if isinstance(part.get_payload(), list) else []:
        if not isinstance(block, Message) or not _header(block, "Action"):
            continue
        action = _header(block, "Action").strip().lower()
        if action not in ("failed", "delayed"):
            continue
        status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", _header(block, "Status"))
        code = status.group(1) if status else ""
        diagnostic = " ".join(_header(block, "Diagnostic-Code").split())[:500]
        # 5.1.x: the address itself (RFC 3463); another permanent failure may be ours, a full mailbox or a policy
        found.append(
            Bounce(action == "failed" and code.startswith("5.1."), action == "failed", code, diagnostic)
        )
    return found


def _referred(parsed: Message[Any, Any], raw: bytes, is_report: bool) -> tuple[str, ...]:
    found = [*_identifiers(parsed, "In-Reply-To"), *reversed(_identifiers(parsed, "References"))]
    if is_report:
        for part in _parts(parsed):
            if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
                found += _identifiers_in(part)
        found += [f"<{one}>" for one in _OUR_ID.findall(_latin(raw))]
    return tuple(dict.fromkeys(found))[:50]


def _identifiers_in(part: Message[Any, Any]) -> list[str]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return [
            one
            for inner in payload
            if isinstance(inner, Message)
            for one in _identifiers(inner, "Message-ID")
        ]
    inner = message_from_bytes(str(payload).encode("utf-8", "replace"), policy=policy.default)
    return list(_identifiers(inner, "Message-ID"))


def _identifiers(parsed: Message[Any, Any], name: str) -> list[str]:
    return _ID.findall(_header(parsed, name))


def _tagged(parsed: Message[Any, Any]) -> UUID | None:
    for name in ("Delivered-To", "X-Original-To", "To", "Cc"):
        for _, address in getaddresses([_header(parsed, name)]):
            if found := addresses.effect_of(address):
                return found
    return None


def _parts(parsed: Message[Any, Any]) -> list[Message[Any, Any]]:
    found = []
    for number, part in enumerate(parsed.walk()):
        if number >= MAX_PARTS:
            break
        found.append(part)
    return found


def _text(parsed: Message[Any, Any]) -> str:
    """The plain text, or the words of the HTML part; cut at MAX_TEXT, without what would not show as it reads."""
    for wanted in ("text/plain", "text/html"):
        for part in _parts(parsed):
            if part.get_content_type() == wanted and part.get_content_disposition() != "attachment":
                text = _decoded(part)
                plain = text if wanted == "text/plain" else _words(text)
                return clean(plain[: MAX_TEXT * 2])[:MAX_TEXT]
    return ""


def _decoded(part: Message[Any, Any]) -> str:
    if isinstance(part, EmailMessage):
        try:
            return str(part.get_content())
        except (LookupError, ValueError, KeyError, MessageError):
            pass  # an unknown charset or a broken transfer encoding: read what can be read
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)


def _words(html: str) -> str:
    from html.parser import HTMLParser

    pieces: list[str] = []
    hidden = 0

    class Words(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the library's signature
            nonlocal hidden
            hidden += tag in ("script", "style", "head")
            if tag in ("br", "p", "div", "tr", "li"):
                pieces.append("\n")

        def handle_endtag(self, tag: str) -> None:
            nonlocal hidden
            hidden -= tag in ("script", "style", "head") and hidden > 0

        def handle_data(self, data: str) -> None:
            if not hidden:
                pieces.append(data)

    Words(convert_charrefs=True).feed(html[: MAX_TEXT * 5])
    return "".join(pieces).strip()


def _header(parsed: Message[Any, Any], name: str) -> str:
    try:
        value = parsed.get(name)
    except (
        ValueError,
        IndexError,
        AttributeError,
        TypeError,
        MessageError,
    ):  # the parser's own faults on bad headers
        value = next((str(v) for k, v in parsed.raw_items() if k.lower() == name.lower()), "")
    return clean(re.sub(r"[\x00-\x1f\x7f]+", " ", str(value))) if value is not None else ""


def _date(parsed: Message[Any, Any]) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(parsed, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _latin(raw: bytes) -> str:
    return raw[:1_000_000].decode("latin-1")

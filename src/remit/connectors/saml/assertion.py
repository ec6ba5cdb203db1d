"""Whether a SAML response says whom we let in. Pure: the provider's keys, the question that was asked, and the time are given.

Everything that is taken of the answer is read from the assertion as it was signed (Core 5.4, Web Browser SSO Profile 4.1.4.3).
An answer to no question of ours is refused, signed or not: whoever got one could sign another person's browser in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from remit.connectors.proved import Proved, groups, short_name
from remit.connectors.saml.documents import (
    PROTOCOL,
    SAML,
    SIGNATURE,
    SamlRefused,
    instant,
    only,
    parse,
    words,
)  # fmt: skip
from remit.connectors.saml.signatures import signed
from remit.kit.certificates import Certificate

LEEWAY: Final = timedelta(seconds=60)
FRESH: Final = timedelta(minutes=10)
"""An assertion for a sign-on was made now: one that was issued earlier is an old one."""
_SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer has to be about: from whom, to whom, at which address, to which question, when; and what it is read for.

    `issuer`: what the provider's subjects are kept under here.
    """

    provider: str
    issuer: str
    audience: str
    recipient: str
    question: str
    now: datetime
    email_attribute: str = "email"
    name_attribute: str = "name"
    groups_attribute: str = "groups"
    trusts_email: bool = False


def check(raw: bytes, keys: Sequence[Certificate], expected: Expected) -> Proved:
    """Who signed in. Raises SamlRefused."""
    response = parse(raw)
    _response(response, expected)
    assertion = _signed_assertion(response, keys, expected.now)
    if assertion.get("Version") != "2.0":
        raise SamlRefused("version_other")
    _issuer(assertion, expected, needed=True)
    _fresh(assertion, expected.now)
    subject, name_id = _subject(assertion, expected)
    _conditions(assertion, expected)
    sid = _session(assertion, expected.now)
    said = _attributes(assertion)
    email = (
        subject
        if expected.email_attribute == "NameID"
        else _one(said, expected.email_attribute, "email_unusable")
    )
    name = _one(said, expected.name_attribute, "name_unusable")
    found = groups(said.get(expected.groups_attribute))
    if found is None:
        raise SamlRefused("groups_unusable")
    return Proved(
        expected.issuer,
        subject,
        email.strip().lower() if expected.trusts_email else "",
        short_name(name),
        found,
        sid,
        json.dumps({**name_id, "sid": sid}),
    )


def _response(response: Any, expected: Expected) -> None:
    """What the envelope says. It may not be signed, so it can only make us refuse."""
    if response.tag != f"{{{PROTOCOL}}}Response":
        raise SamlRefused("no_response")
    if response.get("Version") != "2.0":
        raise SamlRefused("version_other")
    if response.get("InResponseTo") != expected.question:
        raise SamlRefused("question_other")
    if response.get("Destination", expected.recipient) != expected.recipient:
        raise SamlRefused("recipient_other")
    _issuer(response, expected, needed=False)
    status = only(response, "Status", "status_missing", PROTOCOL)
    if only(status, "StatusCode", "status_missing", PROTOCOL).get("Value") != _SUCCESS:
        raise SamlRefused("provider_refused")


def _signed_assertion(response: Any, keys: Sequence[Certificate], now: datetime) -> Any:
    """The one assertion as it was signed, itself or with the whole response. Each signature that is there has to hold."""
    if next(response.iter(f"{{{SAML}}}EncryptedAssertion"), None) is not None:
        raise SamlRefused("assertion_encrypted")
    everywhere = list(response.iter(f"{{{SAML}}}Assertion"))
    if len(everywhere) != 1 or everywhere[0].getparent() is not response:
        raise SamlRefused("assertion_not_one")
    marks = [one.getparent() for one in response.iter(f"{{{SIGNATURE}}}Signature")]
    if not marks:
        raise SamlRefused("signature_missing")
    if any(one is not response and one is not everywhere[0] for one in marks):
        raise SamlRefused("signature_elsewhere")
    whole, part = signed(response, keys, now), signed(everywhere[0], keys, now)
    if part is not None:
        return part
    return only(whole, "Assertion", "assertion_not_one")


def _issuer(element: Any, expected: Expected, *, needed: bool) -> None:
    found = element.findall(f"{{{SAML}}}Issuer")
    if not found and not needed:
        return
    if len(found) != 1 or words(found[0], "issuer_other") != expected.provider:
        raise SamlRefused("issuer_other")


def _fresh(element: Any, now: datetime) -> None:
    made = instant(element.get("IssueInstant"))
    if made is None:
        raise SamlRefused("time_missing")
    if made > now + LEEWAY:
        raise SamlRefused("assertion_of_the_future")
    if made < now - FRESH:
        raise SamlRefused("assertion_old")


def _subject(assertion: Any, expected: Expected) -> tuple[str, dict[str, str]]:
    """Who, and how the provider wrote it, to give it back at sign-out. A name for one session only is nobody's name."""
    subject = only(assertion, "Subject", "subject_missing")
    name_id = only(subject, "NameID", "subject_missing")
    if name_id.get("Format") == _TRANSIENT:
        raise SamlRefused("subject_transient")
    if name_id.get("NameQualifier", expected.provider) != expected.provider:
        raise SamlRefused("subject_qualified")
    if name_id.get("SPNameQualifier", expected.audience) != expected.audience:
        raise SamlRefused("subject_qualified")
    confirmed = subject.findall(f"{{{SAML}}}SubjectConfirmation")
    if not confirmed:
        raise SamlRefused("confirmation_missing")
    troubles = [_confirmation(one, expected) for one in confirmed]
    if all(troubles):
        raise SamlRefused(troubles[0])
    kept = {
        name: name_id.get(name)
        for name in ("Format", "NameQualifier", "SPNameQualifier")
        if name_id.get(name)
    }
    said = words(name_id, "subject_missing", 255)
    return said, {"name_id": said, **kept}


def _confirmation(element: Any, expected: Expected) -> str:
    """Why this confirmation does not hold for us, here, now, for our question; "" when it does."""
    if element.get("Method") != _BEARER:
        return "confirmation_missing"
    data = element.findall(f"{{{SAML}}}SubjectConfirmationData")
    if len(data) != 1:
        return "confirmation_missing"
    if data[0].get("Recipient") != expected.recipient:
        return "recipient_other"
    if data[0].get("InResponseTo") != expected.question:
        return "question_other"
    until = instant(data[0].get("NotOnOrAfter"))
    if until is None or data[0].get("NotBefore") is not None:
        return "time_missing"
    return "assertion_expired" if until + LEEWAY <= expected.now else ""


def _conditions(assertion: Any, expected: Expected) -> None:
    conditions = only(assertion, "Conditions", "audience_other")
    since, until = instant(conditions.get("NotBefore")), instant(conditions.get("NotOnOrAfter"))
    if since is not None and since - LEEWAY > expected.now:
        raise SamlRefused("assertion_of_the_future")
    if until is not None and until + LEEWAY <= expected.now:
        raise SamlRefused("assertion_expired")
    restrictions = conditions.findall(f"{{{SAML}}}AudienceRestriction")
    known = {f"{{{SAML}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}
    if any(one.tag not in known for one in conditions):
        raise SamlRefused("condition_unknown")  # Core 2.5.1.1: what is not understood is not met
    if not restrictions:
        raise SamlRefused("audience_other")
    for one in restrictions:  # each has to be met, by any of its audiences
        named = [words(each, "audience_other") for each in one.findall(f"{{{SAML}}}Audience")]
        if expected.audience not in named:
            raise SamlRefused("audience_other")


def _session(assertion: Any, now: datetime) -> str:
    statements = assertion.findall(f"{{{SAML}}}AuthnStatement")
    if not statements:
        raise SamlRefused("nobody_signed_in")
    for one in statements:
        at, until = instant(one.get("AuthnInstant")), instant(one.get("SessionNotOnOrAfter"))
        if at is None or at > now + LEEWAY:
            raise SamlRefused("assertion_of_the_future" if at else "time_missing")
        if until is not None and until + LEEWAY <= now:
            raise SamlRefused("assertion_expired")
    index = statements[0].get("SessionIndex", "")
    if len(index) > 255 or not index.isprintable():
        raise SamlRefused("sid_unusable")
    return str(index)


def _attributes(assertion: Any) -> dict[str, list[str]]:
    """Values by the attribute's name, in order; those of one name in several places together."""
    found: dict[str, list[str]] = {}
    for attribute in assertion.iterfind(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute"):
        values = found.setdefault(attribute.get("Name", ""), [])
        for value in attribute.findall(f"{{{SAML}}}AttributeValue"):
            if len(value) or value.text is None or not value.text.strip():
                values.append("")  # not text, or empty: unusable where it is asked for
            else:
                values.append(str(value.text).strip())
    return found


def _one(said: dict[str, list[str]], name: str, code: str) -> str:
    values = said.get(name, [])
    if len(values) > 1 or any(not value.isprintable() or len(value) > 254 for value in values):
        raise SamlRefused(code)
    return values[0] if values else ""

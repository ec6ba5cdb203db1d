"""The provider's word, by way of the browser, that somebody signed out there. Pure; its signature was checked before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from remit.connectors.saml.assertion import FRESH, LEEWAY
from remit.connectors.saml.documents import PROTOCOL, SAML, SamlRefused, instant, only, words

MOST_SESSIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Ended:
    """Whose sessions have ended at the provider: those in `sids`, or all when it names none."""

    identifier: str
    subject: str
    sids: tuple[str, ...]


def check_request(root: Any, provider: str, own_address: str, now: datetime) -> Ended:
    """What a LogoutRequest asks for. Raises SamlRefused."""
    if root.tag != f"{{{PROTOCOL}}}LogoutRequest" or root.get("Version") != "2.0":
        raise SamlRefused("no_logout_request")
    identifier = root.get("ID", "")
    if not 0 < len(identifier) <= 255:
        raise SamlRefused("id_missing")
    if root.get("Destination") != own_address:
        raise SamlRefused("recipient_other")
    if words(only(root, "Issuer", "issuer_other"), "issuer_other") != provider:
        raise SamlRefused("issuer_other")
    made, until = instant(root.get("IssueInstant")), instant(root.get("NotOnOrAfter"))
    if made is None:
        raise SamlRefused("time_missing")
    if made > now + LEEWAY or made < now - FRESH or (until is not None and until + LEEWAY <= now):
        raise SamlRefused("request_expired")
    subject = words(only(root, "NameID", "subject_missing"), "subject_missing", 255)
    named = root.findall(f"{{{PROTOCOL}}}SessionIndex")
    if len(named) > MOST_SESSIONS:
        raise SamlRefused("sid_unusable")
    return Ended(identifier, subject, tuple(words(one, "sid_unusable", 255) for one in named))


def succeeded(root: Any, provider: str) -> bool:
    """Whether a LogoutResponse says that the provider's own session has ended."""
    if root.tag != f"{{{PROTOCOL}}}LogoutResponse":
        return False
    said = root.findall(f"{{{SAML}}}Issuer")
    codes = root.findall(f"{{{PROTOCOL}}}Status/{{{PROTOCOL}}}StatusCode")
    success = "urn:oasis:names:tc:SAML:2.0:status:Success"
    return (
        len(said) == 1 and said[0].text == provider and len(codes) == 1 and codes[0].get("Value") == success
    )

"""Sign-on by SAML between the browser, the identity provider and the door.

The provider's answer comes as a form from its own page, so the cookie that ties it to the browser that asked has to travel from
another site: it is SameSite=None where it is Secure, and holds nothing but our question's number, sealed. The rest is as with
OpenID Connect: the question is used up at the door, a refused answer is on the record.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit import identity, settings
from remit.actions import perform
from remit.connectors.oidc.tokens import TokenRefused
from remit.connectors.saml import assertion, documents, keys, logout, messages
from remit.connectors.saml.documents import SamlRefused
from remit.domains.people import rules, sessions, sign_on
from remit.domains.people.saml import SamlProvider, find_saml_provider, issuer_of
from remit.kit import clock
from remit.web import hosts, sealed, sign_in
from remit.web import sessions as web_sessions
from remit.web.problems import BadRequest
from remit.web.sign_on import (  # fmt: skip
    VALID_SECONDS,
    NotSignedOn,
    SignedOn,
    cookie_name,
    person_of,
    seal_hint,
    secret,
    told,
    unseal_hint,
)

METADATA = "/sign-on/saml/metadata"
ACS = "/sign-on/saml/acs"
LOGOUT = "/sign-on/saml/logout"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the browser that began has to bring back: our question's number, the page that it wanted."""

    question: str
    target: str


def provider() -> SamlProvider | None:
    """The provider that is set; None when there is none."""
    return find_saml_provider(web_sessions.system_scope())


def start(request: Request, known: SamlProvider, target: str) -> Response:
    """Send the browser to the provider with a question of its own."""
    question, relay = f"_{secrets.token_hex(32)}", secrets.token_urlsafe(32)
    own = hosts.link(request, METADATA)
    asked = messages.authn_request(question, clock.now(), own, known.sign_on_url, hosts.link(request, ACS))
    address = messages.address(
        known.sign_on_url, "SAMLRequest", asked, relay, keys.own_key(settings.load().home)
    )
    response = RedirectResponse(address, status_code=303)
    where = target if sign_in.is_local(target) else "/"
    secure = request.url.scheme == "https"
    response.set_cookie(
        cookie_name(request, relay),
        sealed.seal(secret(), "saml", [relay, question, where[:1000], int(clock.now().timestamp())]),
        max_age=VALID_SECONDS,
        httponly=True,
        secure=secure,
        # on plain http (this machine) browsers take no SameSite=None; one that says nothing travels for two minutes
        samesite="none" if secure else None,
        path="/",
    )
    return response


def finish(request: Request, known: SamlProvider, answer: str, relay: str) -> SignedOn:
    """The session of whoever comes back from the provider. Raises NotSignedOn, Refused."""
    asked = _kept(request, relay)
    if sign_in.back_off.wait_seconds(request.client.host if request.client else "") > 0:
        raise NotSignedOn("Too many attempts from here. Wait a little.", 429)
    state_hash = rules.token_hash(asked.question).hex()
    issuer = issuer_of(known.entity_id)
    try:
        who = assertion.check(documents.decode(answer), known.keys, _expected(request, known, asked.question))
        person_id = person_of(who)
    except (SamlRefused, TokenRefused) as refused:
        proof = sign_on.SignOnProof(issuer=issuer, state_hash=state_hash, trouble=refused.code)
        sign_in.sign_in_by(request, "saml", None, proof=proof)
        raise NotSignedOn(told(refused.code)) from None
    proof = sign_on.SignOnProof(issuer=issuer, subject=who.subject, sid=who.sid, state_hash=state_hash)
    opened = sign_in.sign_in_by(request, "saml", person_id, proof=proof, hint=seal_hint(who.hint))
    if opened is None:
        raise NotSignedOn(
            "You have no access to Remit at present, or this sign-on was used already. Start again, or ask an admin."
        )
    return SignedOn(opened, asked.target)


def _expected(request: Request, known: SamlProvider, question: str) -> assertion.Expected:
    return assertion.Expected(
        provider=known.entity_id,
        issuer=issuer_of(known.entity_id),
        audience=hosts.link(request, METADATA),
        recipient=hosts.link(request, ACS),
        question=question,
        now=clock.now(),
        email_attribute=known.email_attribute,
        name_attribute=known.name_attribute,
        groups_attribute=known.groups_attribute,
        trusts_email=known.trusts_email,
    )


def _kept(request: Request, relay: str) -> _Asked:
    try:
        kept = sealed.unseal(secret(), "saml", request.cookies.get(cookie_name(request, relay), ""))
    except BadRequest:
        raise NotSignedOn(told("state_wrong")) from None
    known_relay, question, target, begun_at = kept
    if known_relay != relay or not 0 <= clock.now().timestamp() - begun_at <= VALID_SECONDS:
        raise NotSignedOn(told("state_wrong"))
    return _Asked(question, target)


def farewell(request: Request, hint: bytes) -> str:
    """Where the browser ends the session at the provider that opened it; "" when it offers no such thing."""
    known, said = provider(), unseal_hint(hint)
    if known is None or not known.logout_url or not said:
        return ""
    asked = messages.logout_request(
        f"_{secrets.token_hex(32)}",
        clock.now(),
        hosts.link(request, METADATA),
        known.logout_url,
        json.loads(said),
    )
    return messages.address(known.logout_url, "SAMLRequest", asked, "", keys.own_key(settings.load().home))


def ended_there(request: Request, known: SamlProvider) -> str:
    """End what the provider says has ended, and where to send the browser with our answer ("": nowhere).

    Raises SamlRefused, Refused.
    """
    now, own = clock.now(), hosts.link(request, LOGOUT)
    asked = messages.received(request.url.query, "SAMLRequest", known.keys, now)
    ended = logout.check_request(asked.root, known.entity_id, own, now)
    scope, issuer = identity.for_service("sign-on", via="webhook"), issuer_of(known.entity_id)
    mark = rules.token_hash(f"logout:{issuer}:{ended.identifier}").hex()
    for sid in ended.sids or ("",):
        person_id = sessions.find_signed_on(scope, issuer, subject=ended.subject, sid=sid)
        if person_id is not None:  # else nobody of ours: then there is nothing left to end
            end = sessions.EndSessions(
                person_id=person_id,
                reason="signed out at the identity provider",
                issuer=issuer,
                sid=sid,
                token_hash=mark,
            )
            perform(scope, end)
            mark = ""  # the request serves once, however many sessions it names
    if not known.logout_answer_url:
        return ""
    done = messages.logout_response(
        f"_{secrets.token_hex(32)}",
        now,
        hosts.link(request, METADATA),
        known.logout_answer_url,
        ended.identifier,
    )
    key = keys.own_key(settings.load().home)
    return messages.address(known.logout_answer_url, "SAMLResponse", done, asked.relay, key)


def ended_here(request: Request, known: SamlProvider) -> bool:
    """Whether the provider's answer to our sign-out says that its own session ended, too. Raises SamlRefused."""
    said = messages.received(request.url.query, "SAMLResponse", known.keys, clock.now())
    return logout.succeeded(said.root, known.entity_id)

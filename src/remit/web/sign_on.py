"""Single sign-on between the browser, the identity provider and the door.

What has to come back to the browser that began (state, nonce, the secret half of PKCE) is sealed into a cookie of its own;
the state is used up at the door, so that no answer serves twice. A refused answer is on the record like a wrong password.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit import identity, settings
from remit.actions import Performed, Waiting, perform
from remit.connectors.oidc import config as oidc
from remit.connectors.oidc import flow
from remit.connectors.oidc.client import OidcUnavailable
from remit.connectors.oidc.provider import Provider, provider_of
from remit.connectors.oidc.tokens import TokenRefused
from remit.connectors.proved import Proved
from remit.db.secrets import read_or_make
from remit.domains.people import queries, rules, sign_on
from remit.kit import clock
from remit.scope import Scope
from remit.web import hosts, sealed, sign_in
from remit.web.problems import BadRequest

log = structlog.get_logger(__name__)
KEY_FILE: Final = "sign-on.key"
CALLBACK: Final = "/sign-on/callback"
VALID_SECONDS: Final = 600
_NONCE_BYTES: Final = 12
_TOLD: Final = {
    "state_wrong": "This sign-on was begun in another browser, or too long ago. Start again.",
    "provider_refused": "The identity provider did not let you in.",
    "answer_replayed": "This sign-on was used already. Start again.",
    "no_role": "None of your groups has a role in Remit. Ask an admin.",
    "not_active": "You have no access to Remit at present. Ask an admin.",
    "email_missing": "The identity provider does not vouch for your e-mail address, so Remit cannot tell who you are. Ask an admin.",
    "client_refused": "The identity provider does not accept Remit's own secret. An admin has to look at oidc_client_secret.",
    "question_other": "This sign-on was begun in another browser, or too long ago. Start again.",
    "subject_transient": "The identity provider names you anew each time, so Remit cannot know you again. An admin has to have it send a persistent NameID.",
    "assertion_encrypted": "The identity provider encrypts its answer, which Remit does not read. An admin has to switch that off there.",
    "certificate_expired": "The certificate of the identity provider has expired. An admin has to bring its new metadata.",
    "groups_elsewhere": "You are in more groups than the identity provider names. An admin has to have it name only those for Remit.",
}
_ASK_THEM: Final = "Whoever has this account at the provider will be this person here. Ask them, in person, whether they just tried to sign on."


@dataclass(frozen=True, slots=True)
class NotSignedOn(Exception):
    """A sign-on came to nothing; `message` says why and what to do."""

    message: str
    status: int = 401


@dataclass(frozen=True, slots=True)
class SignedOn:
    """A new session, and the page that the person wanted."""

    opened: sign_in.Opened
    target: str


def told(code: str) -> str:
    """What a refused sign-on is called, for the person who tried."""
    return _TOLD.get(code) or (
        f"The identity provider's answer does not hold ({code}), so nobody was signed in. Start again; if it stays so, tell an admin."
    )


def provider() -> Provider | None:
    """The provider of the settings; None when single sign-on is not set up or cannot be used (which is logged)."""
    try:
        found = oidc.read(settings.load())
    except oidc.OidcSettingsInvalid as unfit:
        log.warning("single sign-on is set up wrongly", problem=str(unfit))
        return None
    return None if found is None else provider_of(found)


def start(request: Request, known: Provider, target: str) -> Response:
    """Send the browser to the provider with a question of its own. Raises OidcUnavailable."""
    begun = flow.begin()
    address = flow.question(known.config, known.metadata(), begun, hosts.link(request, CALLBACK))
    response = RedirectResponse(address, status_code=303)
    where = target if sign_in.is_local(target) else "/"
    kept = [begun.state, begun.nonce, begun.verifier, where[:1000], int(clock.now().timestamp())]
    response.set_cookie(
        cookie_name(request, begun.state),
        sealed.seal(secret(), "sign-on", kept),
        max_age=VALID_SECONDS,
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
        path="/",
    )
    return response


def forget(request: Request, response: Response, state: str) -> None:
    """Take back the cookie of this sign-on."""
    response.delete_cookie(cookie_name(request, state), path="/", httponly=True, samesite="lax")


def finish(request: Request, known: Provider) -> SignedOn:
    """The session of whoever comes back from the provider. Raises NotSignedOn, OidcUnavailable, Refused."""
    answer = _answer(request)
    begun, target = _kept(request, answer.get("state", ""))
    wait = sign_in.back_off.wait_seconds(request.client.host if request.client else "")
    if wait > 0:
        raise NotSignedOn("Too many attempts from here. Wait a little.", 429)
    state_hash = rules.token_hash(begun.state).hex()
    try:
        code = flow.check_answer(known, begun, answer)
        who = flow.finish(known, begun, code, hosts.link(request, CALLBACK), clock.now())
        person_id = person_of(who)
    except TokenRefused as refused:
        proof = sign_on.SignOnProof(issuer=known.config.issuer, state_hash=state_hash, trouble=refused.code)
        sign_in.sign_in_by(request, "oidc", None, proof=proof)
        raise NotSignedOn(told(refused.code)) from None
    proof = sign_on.SignOnProof(issuer=who.issuer, subject=who.subject, sid=who.sid, state_hash=state_hash)
    opened = sign_in.sign_in_by(request, "oidc", person_id, proof=proof, hint=seal_hint(who.hint))
    if opened is None:
        raise NotSignedOn(
            "You have no access to Remit at present, or this sign-on was used already. Start again, or ask an admin."
        )
    return SignedOn(opened, target)


def person_of(who: Proved) -> UUID:
    """Whom the subject is here, with the groups that they came with; somebody new is admitted by them. Raises TokenRefused."""
    scope = identity.for_service("sign-on", via="web")
    known = sign_on.find_subject(scope, who.issuer, who.subject)
    if known is None:
        return _newcomer(scope, who)
    if known.active and set(known.groups) != set(who.groups):
        perform(scope, sign_on.ApplyGroups(issuer=who.issuer, subject=who.subject, groups=who.groups))
    return known.person_id


def _newcomer(scope: Scope, who: Proved) -> UUID:
    if not who.email:
        raise TokenRefused("email_missing")
    there = queries.find_by_email(scope, who.email)
    if there is None:
        name = who.name or who.email.split("@")[0]
        admit = sign_on.AdmitPerson(
            issuer=who.issuer, subject=who.subject, email=who.email, name=name, groups=who.groups
        )
        done = perform(scope, admit)
        assert isinstance(
            done, Performed
        )  # no rule asks for a second person: what groups give was agreed before
        return UUID(str(done.result["person_id"]))
    link = sign_on.LinkSignOn(person_id=there, issuer=who.issuer, subject=who.subject)
    # one wish a day, however often somebody tries
    key = f"link:{link.payload_hash()}:{clock.now():%Y-%m-%d}"
    answer = perform(scope, link, key=key, reason=_ASK_THEM)
    if isinstance(answer, Waiting):
        raise NotSignedOn(
            "Somebody with your address works here already, so this first sign-on waits for a second person. "
            f"{answer.sentence} Start again once that is done.",
            403,
        )
    if who.groups:
        perform(scope, sign_on.ApplyGroups(issuer=who.issuer, subject=who.subject, groups=who.groups))
    return there


def farewell(request: Request, hint: bytes) -> str:
    """Where the browser ends the session at the OpenID provider that opened it; "" when it offers no such thing."""
    known = provider()
    if known is None:
        return ""
    try:
        back = hosts.link(request, "/sign-in?out=1")
        return flow.farewell(known.config, known.metadata(), unseal_hint(hint), back)
    except OidcUnavailable:
        return ""


def _answer(request: Request) -> dict[str, str]:
    """The provider's answer; each parameter once, so that nobody reads one value and checks another."""
    found = {}
    for name in ("state", "code", "iss", "error"):
        several = request.query_params.getlist(name)
        if len(several) > 1:
            raise NotSignedOn(told("state_wrong"))
        if several:
            found[name] = several[0]
    return found


def cookie_name(request: Request, state: str) -> str:
    """A cookie for each question, so that two tabs do not disturb each other."""
    prefix = "__Host-" if request.url.scheme == "https" else ""
    return f"{prefix}remit_sign_on_{hashlib.sha256(state.encode()).hexdigest()[:12]}"


def _kept(request: Request, state: str) -> tuple[flow.Begun, str]:
    try:
        kept = sealed.unseal(secret(), "sign-on", request.cookies.get(cookie_name(request, state), ""))
    except BadRequest:
        raise NotSignedOn(told("state_wrong")) from None
    known_state, nonce, verifier, target, begun_at = kept
    if not 0 <= clock.now().timestamp() - begun_at <= VALID_SECONDS:
        raise NotSignedOn(told("state_wrong"))
    return flow.Begun(known_state, nonce, verifier), target


def secret() -> str:
    """The installation's own key for what a sign-on carries to its second half."""
    return read_or_make(settings.load().home, KEY_FILE)


def _hint_key() -> AESGCM:
    return AESGCM(hashlib.sha256(b"remit-sign-on-hint\n" + secret().encode()).digest())


def seal_hint(hint: str) -> bytes:
    """What the provider wants to see again at sign-out, for the database: sealed with a key that is not in it."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + _hint_key().encrypt(nonce, hint.encode(), b""))


def unseal_hint(sealed_hint: bytes) -> str:
    """The hint; "" when there is none or the key file is another by now: the provider then asks the person."""
    raw = base64.b64decode(sealed_hint)
    try:
        return _hint_key().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], b"").decode() if raw else ""
    except InvalidTag:
        return ""

"""Whether a token of the provider says what we act on. Pure: keys and the time are given.

The signature is checked by joserfc; which algorithm and key may be used, and what the claims have to say, is decided here
(OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6, RFC 8725).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

LEEWAY_SECONDS: Final = 60
FRESH_SECONDS: Final = 600
"""A token for a sign-on was made now: one that was issued earlier is an old one."""
MAX_TOKEN: Final = 64 << 10
KEY_OF: Final = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("EdDSA", "Ed25519"), "OKP"),
}
"""Algorithms that we take, each with its type of key: only those where the provider alone can sign."""
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
RSA_BITS: Final = 2048

Keys = Callable[[str | None], Sequence[Mapping[str, Any]]]
"""The provider's keys; asked again with the id that was missing."""


class TokenRefused(Exception):
    """A token does not hold. `code` is stable and says why; nothing of the token itself is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the identity provider's token was refused: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to be about: its issuer, us as its audience, the time."""

    issuer: str
    client_id: str
    now: datetime


def check_id_token(
    token: str, keys: Keys, expected: Expected, *, nonce: str, access_token: str
) -> Mapping[str, Any]:
    """The claims of an ID token that answers our own question. Raises TokenRefused."""
    claims, algorithm = _signed(token, keys)
    _common(claims, expected)
    now = expected.now.timestamp()
    _not_before_now(claims, now)
    if _instant(claims, "exp") + LEEWAY_SECONDS <= now:
        raise TokenRefused("token_expired")
    if _instant(claims, "iat") < now - FRESH_SECONDS:
        raise TokenRefused("token_old")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise TokenRefused("nonce_wrong")
    _subject(claims)
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access_token, algorithm):
        raise TokenRefused("access_token_other")
    return claims


def check_logout_token(token: str, keys: Keys, expected: Expected) -> Mapping[str, Any]:
    """The claims of a logout token: whose sessions, or which, have ended at the provider. Raises TokenRefused."""
    claims, _algorithm = _signed(token, keys)
    _common(claims, expected)
    now = expected.now.timestamp()
    _not_before_now(claims, now)
    if _instant(claims, "exp") + LEEWAY_SECONDS <= now or _instant(claims, "iat") < now - FRESH_SECONDS:
        raise TokenRefused("token_expired")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenRefused("no_logout_token")
    if "nonce" in claims:
        raise TokenRefused("no_logout_token")
    if not isinstance(claims.get("jti"), str) or not 0 < len(claims["jti"]) <= 255:
        raise TokenRefused("id_missing")
    if "sub" in claims:
        _subject(claims)
    if not isinstance(claims.get("sub") or claims.get("sid"), str) or not isinstance(
        claims.get("sid", ""), str
    ):
        raise TokenRefused("subject_missing")
    return claims


def _signed(token: str, keys: Keys) -> tuple[Mapping[str, Any], str]:
    """The claims and algorithm once the signature holds."""
    if len(token) > MAX_TOKEN:
        raise TokenRefused("token_unreadable")
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise TokenRefused("token_unreadable") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KEY_OF:
        raise TokenRefused("algorithm_not_allowed")
    if kid is not None and not isinstance(kid, str):
        raise TokenRefused("token_unreadable")
    key = _key(keys(None), algorithm, kid) or _key(keys(kid or ""), algorithm, kid)
    if key is None:
        raise TokenRefused("key_unknown")
    try:
        return jwt.decode(token, key, algorithms=[algorithm]).claims, algorithm
    except (JoseError, ValueError, TypeError):
        raise TokenRefused("signature_wrong") from None


def _key(keys: Sequence[Mapping[str, Any]], algorithm: str, kid: str | None) -> jwk.Key | None:
    """The one key that may have signed so: of the right type, for signing, and named unless it is the only one."""
    fitting = [
        key
        for key in keys
        if key.get("kty") == KEY_OF[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]
    if len(fitting) != 1:
        return None
    try:
        found = jwk.import_key({name: value for name, value in fitting[0].items() if name != "d"})
        strong = not isinstance(found, jwk.RSAKey) or found.public_key.key_size >= RSA_BITS
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return found if strong else None


def _common(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenRefused("issuer_other")
    audience = claims.get("aud")
    several = [audience] if isinstance(audience, str) else audience
    if not isinstance(several, list) or expected.client_id not in several:
        raise TokenRefused("audience_other")
    authorised = claims.get("azp", expected.client_id if len(several) == 1 else None)
    if authorised != expected.client_id:
        raise TokenRefused("audience_other")


def _not_before_now(claims: Mapping[str, Any], now: float) -> None:
    latest = max(_instant(claims, "iat"), _instant(claims, "nbf") if "nbf" in claims else 0.0)
    if latest - LEEWAY_SECONDS > now:
        raise TokenRefused("token_of_the_future")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused("time_missing")
    return float(value)


def _subject(claims: Mapping[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise TokenRefused("subject_missing")


def _half_hash(access_token: str, algorithm: str) -> str:
    hashing = (
        hashlib.sha512 if algorithm in ("EdDSA", "Ed25519") else getattr(hashlib, f"sha{algorithm[-3:]}")
    )
    digest: bytes = hashing(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()

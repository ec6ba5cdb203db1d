"""Which algorithms and keys a token may be signed with. What its claims have to say is tried over HTTP (tests/web/test_sign_on.py)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwk, jwt

from remit.connectors.oidc.tokens import Expected, TokenRefused, check_id_token

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
EXPECTED = Expected("https://login.example", "remit", NOW)
CLAIMS = {
    "iss": "https://login.example", "aud": "remit", "sub": "s", "nonce": "n", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 60,
}  # fmt: skip
RSA = jwk.RSAKey.generate_key(2048, {"kid": "rsa"}, private=True)
EC = jwk.ECKey.generate_key("P-256", {"kid": "ec"}, private=True)
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "other"}, private=True)


def _signed(key: Any, alg: str, kid: str | None = "", **header: Any) -> str:
    named = {"kid": key.kid if kid == "" else kid} if kid is not None else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode({"alg": alg, **named, **header}, CLAIMS, key, algorithms=[alg])


def _check(token: str, *keys: Any, **over: Any) -> Mapping[str, Any]:
    shown = [{**key.as_dict(private=False), **over} for key in keys]
    return check_id_token(token, lambda missing: shown, EXPECTED, nonce="n", access_token="a")


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        *((RSA, alg) for alg in ("RS256", "RS512", "PS256")),
        (EC, "ES256"),
        (jwk.ECKey.generate_key("P-521", {"kid": "k"}, private=True), "ES512"),
        (jwk.OKPKey.generate_key("Ed25519", {"kid": "k"}, private=True), "EdDSA"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_only_the_provider_can_sign_is_taken(key: Any, alg: str) -> None:
    assert _check(_signed(key, alg), key, OTHER)["sub"] == "s"


def _refused(token: str, *keys: Any, **over: Any) -> str:
    with pytest.raises(TokenRefused) as caught:
        _check(token, *keys, **over)
    return caught.value.code


def test_a_key_that_is_not_for_this_is_not_used() -> None:
    good = _signed(RSA, "RS256")
    assert _refused(good, RSA, use="enc") == "key_unknown"
    assert _refused(good, RSA, alg="PS256") == "key_unknown"
    assert _refused(good, EC) == "key_unknown"
    assert _refused(good, RSA, RSA) == "key_unknown", "two keys of one name: nobody knows which"
    assert _refused(_signed(RSA, "RS256", kid="ec"), EC) == "key_unknown"
    assert _refused(_signed(OTHER, "RS256", kid="rsa"), RSA) == "signature_wrong"
    assert _check(_signed(RSA, "RS256", kid=None), RSA)["sub"] == "s"
    assert _refused(_signed(RSA, "RS256", kid=None), RSA, OTHER) == "key_unknown"


def test_weak_keys_unknown_headers_and_rubbish() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weak = jwk.RSAKey.generate_key(1024, {"kid": "weak"}, private=True)
        assert _refused(_signed(weak, "RS256"), weak) == "key_unknown"
    good = _signed(RSA, "RS256")
    head, body, mac = good.split(".")
    assert _refused(f"{head}.{body}.{mac[:-4]}AAAA", RSA) == "signature_wrong"
    assert _refused(f"{head}.{body[:-4]}AAAA.{mac}", RSA) in ("signature_wrong", "token_unreadable")
    for rubbish in ("", ".", "..", "a.b.c", "é.é.é", good + ".x", "x" * (1 << 17), f"{head}..{mac}"):
        assert _refused(rubbish, RSA) in ("token_unreadable", "signature_wrong", "algorithm_not_allowed")

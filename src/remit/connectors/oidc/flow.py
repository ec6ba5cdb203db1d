"""One sign-on: the question that the browser takes to the provider, and what the code it brings back proves.

Authorization code with PKCE (S256), state and nonce. Nothing is kept here between the two: the caller seals `Begun` into
the browser's own cookie. Tokens and the secret are neither logged nor part of any error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from remit.connectors.oidc import client, tokens
from remit.connectors.oidc.client import OidcUnavailable
from remit.connectors.oidc.config import Oidc
from remit.connectors.oidc.mapping import proved
from remit.connectors.oidc.provider import Metadata, Provider
from remit.connectors.oidc.tokens import Expected, TokenRefused
from remit.connectors.proved import Proved

MAX_CODE: Final = 4096


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser that began a sign-on has to bring back. `verifier` is the secret half of PKCE."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def begin() -> Begun:
    """Three values that nobody can guess, 256 bits each."""
    return Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def question(config: Oidc, metadata: Metadata, begun: Begun, redirect_uri: str) -> str:
    """The address at the provider to which the browser is sent."""
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
    )
    return _with(
        metadata.authorization_endpoint,
        {
            "response_type": "code",
            "client_id": config.client_id,
            "redirect_uri": redirect_uri,
            "scope": config.scopes,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )


def check_answer(provider: Provider, begun: Begun, answer: Mapping[str, str]) -> str:
    """The code in the provider's answer to exactly this question. Raises TokenRefused.

    An answer that names another issuer (or none, where ours promised to name itself) was mixed in from elsewhere.
    """
    if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise TokenRefused("state_wrong")
    named = answer.get("iss")
    if named is None and provider.metadata().names_itself:
        raise TokenRefused("issuer_other")
    if named is not None and named != provider.config.issuer:
        raise TokenRefused("issuer_other")
    if "error" in answer:
        raise TokenRefused("provider_refused")
    code = answer.get("code", "")
    if not 0 < len(code) <= MAX_CODE:
        raise TokenRefused("code_missing")
    return code


def finish(provider: Provider, begun: Begun, code: str, redirect_uri: str, now: datetime) -> Proved:
    """Who signed in, once the code is exchanged and its token holds. Raises TokenRefused, OidcUnavailable."""
    config, metadata = provider.config, provider.metadata()
    said = _exchanged(config, metadata, {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": begun.verifier,
    })  # fmt: skip
    id_token, access_token = said.get("id_token"), said.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise TokenRefused("token_missing")
    expected = Expected(config.issuer, config.client_id, now)
    claims = tokens.check_id_token(
        id_token,
        lambda missing: provider.signing_keys(missing=missing),
        expected,
        nonce=begun.nonce,
        access_token=access_token,
    )
    more = _userinfo(config, metadata, access_token, claims) if _wanting(config, claims) else {}
    return proved(config, claims, more, id_token)


def _wanting(config: Oidc, claims: Mapping[str, Any]) -> bool:
    return "email" not in claims or config.groups_claim not in claims


def _exchanged(config: Oidc, metadata: Metadata, form: dict[str, str]) -> Mapping[str, Any]:
    headers: dict[str, str] = {}
    if metadata.secret_in_body:
        form |= {"client_id": config.client_id, "client_secret": config.client_secret}
    else:
        pair = f"{quote(config.client_id, safe='')}:{quote(config.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    answer = client.ask(metadata.token_endpoint, ca_file=config.ca_file, form=form, headers=headers)
    if answer.status >= 500:
        raise OidcUnavailable(f"The identity provider answered {answer.status}.")
    if answer.status != 200:
        # invalid_client: our secret is wrong, which an admin has to know; everything else is about this code
        raise TokenRefused(
            "client_refused" if answer.document.get("error") == "invalid_client" else "code_refused"
        )
    if str(answer.document.get("token_type", "")).lower() != "bearer":
        raise TokenRefused("token_missing")
    return answer.document


def _userinfo(
    config: Oidc, metadata: Metadata, access_token: str, claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    if not metadata.userinfo_endpoint:
        return {}
    headers = {"Authorization": f"Bearer {access_token}"}
    answer = client.ask(metadata.userinfo_endpoint, ca_file=config.ca_file, headers=headers)
    if answer.status != 200:
        raise OidcUnavailable(
            f"The identity provider does not say more about who signed in (it answered {answer.status})."
        )
    if answer.document.get("sub") != claims["sub"]:  # OpenID Connect Core 5.3.2: about somebody else
        raise TokenRefused("subject_other")
    return answer.document


def farewell(config: Oidc, metadata: Metadata, id_token: str, back: str) -> str:
    """The address at the provider that ends its own session, too; "" when it offers none."""
    if not metadata.end_session_endpoint:
        return ""
    asked = {"client_id": config.client_id, "post_logout_redirect_uri": back}
    return _with(metadata.end_session_endpoint, ({"id_token_hint": id_token} if id_token else {}) | asked)


def _with(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(parameters)}"

"""An identity provider of our own that speaks OpenID Connect over HTTP, keeps its state, and misbehaves on request.

Well-behaved it is strict: codes serve once, PKCE, secret and redirect address have to fit. `Lies` are what a broken,
attacked or hostile provider would answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwk, jwt

CLIENT_ID, SECRET = "remit at northlake", "s3cret:with/odd+characters"


@dataclass
class Lies:
    """What differs from a good answer. `claims`: over those of the ID token (None removes); `alg`: none, HS256, or a real one."""

    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    unpublished_key: bool = False
    answer: dict[str, str] = field(default_factory=dict)  # over the parameters of the redirect
    userinfo: dict[str, Any] | None = None
    takes_codes_twice: bool = False
    broken: bool = False
    token_bytes: bytes | None = None


@dataclass
class Person:
    """Somebody with an account at the provider."""

    subject: str
    email: str
    name: str = "Somebody"
    groups: tuple[str, ...] | None = ()
    verified: bool | None = True


@dataclass
class OidcProvider:
    """The provider's state. `person` is whoever sits at the browser; `asked` counts requests by path."""

    port: int = 0
    person: Person = field(default_factory=lambda: Person("sub-0", "nobody@northlake.example"))
    lies: Lies = field(default_factory=Lies)
    names_itself: bool = True
    in_id_token: bool = True  # e-mail and groups; else they are at userinfo
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, Person] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    keys: list[jwk.RSAKey] = field(default_factory=list)
    seconds: float = 0.0  # time spent in our own handlers

    def __post_init__(self) -> None:
        self.rotate()
        self.stranger = jwk.RSAKey.generate_key(2048, {"kid": "not-shown"}, private=True)

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}/firm"

    def rotate(self) -> None:
        """A new key signs; the old one is no longer shown."""
        self.keys = [jwk.RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)}, private=True)]

    def metadata(self) -> dict[str, Any]:
        """Its description."""
        paths = {
            "authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks",
            "userinfo_endpoint": "userinfo", "end_session_endpoint": "logout",
        }  # fmt: skip
        return {name: f"{self.issuer}/{path}" for name, path in paths.items()} | {
            "issuer": self.issuer,
            "authorization_response_iss_parameter_supported": self.names_itself,
        }

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims, signed as the lies say."""
        lies = self.lies
        kid = self.keys[0].kid
        header = {"alg": lies.alg, "kid": kid, **lies.header}
        if lies.alg == "none":
            return f"{_part(header)}.{_part(claims)}."
        if lies.alg.startswith("HS"):  # signed with what everybody can read: the public key
            public = self.keys[0].as_pem(private=False)
            signing = f"{_part(header)}.{_part(claims)}"
            mac = hmac.digest(public, signing.encode(), "sha256")
            return f"{signing}.{_b64(mac)}"
        key = self.stranger if lies.unpublished_key else self.keys[0]
        return jwt.encode(header, claims, key, algorithms=[lies.alg])

    def id_claims(self, asked: dict[str, Any], access_token: str) -> dict[str, Any]:
        """The claims of an ID token that answers `asked`."""
        now = int(time.time())
        digest = hashlib.sha256(access_token.encode()).digest()
        claims: dict[str, Any] = {
            "iss": self.issuer, "sub": asked["person"].subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "sid": f"sid-{asked['person'].subject}", "at_hash": _b64(digest[:16]),
        }  # fmt: skip
        if self.in_id_token:
            claims |= self.about(asked["person"])
        claims |= self.lies.claims
        return {name: value for name, value in claims.items() if value is not None}

    def about(self, person: Person) -> dict[str, Any]:
        """What it says of somebody."""
        said = {
            "email": person.email,
            "email_verified": person.verified,
            "name": person.name,
            "groups": person.groups,
        }
        return {name: value for name, value in said.items() if value is not None}

    def logout_token(self, **over: Any) -> str:
        """A logout token for `person`."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
            "sub": self.person.subject, "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **over,
        }  # fmt: skip
        return self.sign({name: value for name, value in claims.items() if value is not None})


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(document: dict[str, Any]) -> str:
    return _b64(json.dumps(document).encode())


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass

    @property
    def house(self) -> OidcProvider:
        return self.server.house  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        self._timed(self._get)

    def do_POST(self) -> None:
        self._timed(self._post)

    def _timed(self, handle: Any) -> None:
        started = time.perf_counter()
        path = urlsplit(self.path).path
        self.house.asked[path] = self.house.asked.get(path, 0) + 1
        if self.house.lies.broken:
            self._raw(502, b"<html>bad gateway</html>", "text/html")
        else:
            handle()
        self.house.seconds += time.perf_counter() - started

    def _get(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        house = self.house
        if path == "/firm/.well-known/openid-configuration":
            self._json(200, house.metadata())
        elif path == "/firm/jwks":
            self._json(200, {"keys": [key.as_dict(private=False, use="sig") for key in house.keys]})
        elif path == "/firm/authorize":
            self._authorize(query)
        elif path == "/firm/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if (person := house.tokens.get(token)) is None:
                return self._json(401, {"error": "invalid_token"})
            self._json(200, house.lies.userinfo or {"sub": person.subject, **house.about(person)})
        elif path == "/firm/logout":
            self._redirect(query["post_logout_redirect_uri"])
        else:
            self._json(404, {})

    def _authorize(self, query: dict[str, str]) -> None:
        house = self.house
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT_ID
        code = secrets.token_urlsafe(16)
        house.codes[code] = {**query, "person": house.person, "used": False}
        answer = {"code": code, "state": query["state"]} | (
            {"iss": house.issuer} if house.names_itself else {}
        )
        answer |= house.lies.answer
        answer = {name: value for name, value in answer.items() if value != ""}
        self._redirect(f"{query['redirect_uri']}?{urlencode(answer)}")

    def _redirect(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _post(self) -> None:
        house = self.house
        form = {name: values[0] for name, values in parse_qs(self._body()).items()}
        if house.lies.token_bytes is not None:
            return self._raw(200, house.lies.token_bytes, "application/json")
        basic = self.headers.get("Authorization", "").removeprefix("Basic ")
        client, _, secret = base64.b64decode(basic).decode().partition(":")
        if (unquote(client), unquote(secret)) != (CLIENT_ID, SECRET):
            return self._json(401, {"error": "invalid_client"})
        asked = house.codes.get(form.get("code", ""))
        challenge = _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or (asked["used"] and not house.lies.takes_codes_twice)
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return self._json(400, {"error": "invalid_grant"})
        asked["used"] = True
        access_token = secrets.token_urlsafe(16)
        house.tokens[access_token] = asked["person"]
        id_token = house.sign(house.id_claims(asked, access_token))
        self._json(
            200,
            {"access_token": access_token, "token_type": "Bearer", "id_token": id_token, "expires_in": 60},
        )

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()

    def _json(self, status: int, document: dict[str, Any]) -> None:
        self._raw(status, json.dumps(document).encode(), "application/json")

    def _raw(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """A provider on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        house = OidcProvider(server.server_address[1])
        server.house = house  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, name="identity provider", daemon=True)
        thread.start()
        try:
            yield house
        finally:
            server.shutdown()
            thread.join(10)

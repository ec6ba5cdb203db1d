"""A token of Salesforce, by the client credentials flow or the JWT bearer flow. Neither leaves anything to be kept at rest."""

from __future__ import annotations

import base64
import json
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from remit.connectors.crm.addresses import is_safe
from remit.connectors.crm.oauth import ask_for_token
from remit.connectors.crm.reading import CrmRefused
from remit.connectors.salesforce.config import Salesforce
from remit.kit import clock

_TITLE: Final = "Salesforce"
_MINUTES: Final = 3


class Token:
    """Called for a token; `instance` is where it is good for, known after the first."""

    def __init__(self, chosen: Salesforce) -> None:
        self._chosen = chosen
        self._value = ""
        self.instance = ""

    def __call__(self, renew: bool) -> str:
        """A token; a new one when the last was refused. Raises CrmRefused, CrmUnavailable."""
        if renew or not self._value:
            got = ask_for_token(_TITLE, f"{self._chosen.url}/services/oauth2/token", self._form())
            self._value = got["access_token"]
            self.instance = str(got.get("instance_url") or self._chosen.url).rstrip("/")
            if not is_safe(self.instance):
                raise CrmRefused("Salesforce names an instance that is not reached by https.")
        return self._value

    def _form(self) -> dict[str, str]:
        if self._chosen.secret:
            return {
                "grant_type": "client_credentials", "client_id": self._chosen.client_id, "client_secret": self._chosen.secret,
            }  # fmt: skip
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": self._assertion()}

    def _assertion(self) -> str:
        path = self._chosen.key_file
        assert path is not None
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise CrmRefused(
                f"salesforce_key_file cannot be read as a private key: {type(error).__name__}."
            ) from error
        if not isinstance(key, RSAPrivateKey):
            raise CrmRefused("salesforce_key_file holds no RSA key, which the JWT bearer flow needs.")
        claims = {
            "iss": self._chosen.client_id, "sub": self._chosen.user, "aud": self._chosen.url,
            "exp": int(clock.now().timestamp()) + 60 * _MINUTES,
        }  # fmt: skip
        signed = f"{_part({'alg': 'RS256'})}.{_part(claims)}"
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"


def _part(value: dict[str, object]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

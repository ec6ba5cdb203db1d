"""Tokens of HubSpot: a person lets us in once, which gives a refresh token; from it come tokens that live for half an hour.

The refresh token is kept, encrypted with a key outside the database and bound to its connection; the others live in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from remit.connectors.crm.oauth import ask_for_token
from remit.connectors.crm.reading import CrmRefused
from remit.connectors.hubspot.config import HubSpot
from remit.db import sealing

KEY_FILE: Final = "crm-tokens.key"
TOKEN_PATH: Final = "/oauth/v3/token"
_TITLE: Final = "HubSpot"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a person's yes gave. `hub`: the number of the portal, "" when HubSpot does not say."""

    refresh_token: str = field(repr=False)
    hub: str = ""


def redeem(chosen: HubSpot, code: str, back: str) -> Granted:
    """The refresh token for the code that came with a person. Raises CrmRefused, CrmUnavailable."""
    got = ask_for_token(
        _TITLE, chosen.url + TOKEN_PATH,
        {
            "grant_type": "authorization_code", "client_id": chosen.client_id, "client_secret": chosen.secret, "redirect_uri": back,
            "code": code,
        },
    )  # fmt: skip
    if not isinstance(got.get("refresh_token"), str):
        raise CrmRefused("HubSpot gives no refresh token; look at the app's settings there.")
    return Granted(got["refresh_token"], str(got.get("hub_id") or ""))


def seal(home: Path, connection_id: UUID, refresh_token: str) -> bytes:
    """The token as it is kept."""
    return sealing.seal(home, KEY_FILE, str(connection_id), refresh_token)


def unseal(home: Path, connection_id: UUID, sealed: bytes | None) -> str:
    """The token again. Raises CrmRefused: then HubSpot has to be connected again."""
    if not sealed:
        raise CrmRefused("There is no token for HubSpot here: connect it again.")
    try:
        return sealing.unseal(home, KEY_FILE, str(connection_id), sealed)
    except sealing.SealUnreadable as error:
        raise CrmRefused(f"{error} Or connect HubSpot again.") from error


class Token:
    """Called for a token."""

    def __init__(self, chosen: HubSpot, refresh_token: str) -> None:
        self._chosen, self._refresh_token = chosen, refresh_token
        self._value = ""

    def __call__(self, renew: bool) -> str:
        """A token; a new one when the last was refused. Raises CrmRefused, CrmUnavailable."""
        if renew or not self._value:
            got = ask_for_token(
                _TITLE, self._chosen.url + TOKEN_PATH,
                {
                    "grant_type": "refresh_token", "client_id": self._chosen.client_id, "client_secret": self._chosen.secret,
                    "refresh_token": self._refresh_token,
                },
            )  # fmt: skip
            self._value = got["access_token"]
        return self._value

"""The identity provider for SAML 2.0, as an admin sets it and a second person agrees: whose signature we take for whose word.

Whoever holds one of its keys can be anybody who signs on by it, so no admin alone says which keys those are. Taking the provider
away needs nobody else: it only closes a way in, and whoever has to close it has to be quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, field_validator

from remit.actions import Action, Change, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import oversight
from remit.kit import certificates
from remit.kit.addresses import is_loopback, is_web_address
from remit.kit.certificates import Certificate
from remit.kit.ids import new_id
from remit.kit.text import unsafe
from remit.scope import Scope

Entity = Annotated[str, Field(min_length=1, max_length=400)]
Attribute = Annotated[str, Field(min_length=1, max_length=200)]
_FIND: Final = "SELECT * FROM remit.saml_providers WHERE only_one"
_WRITE: Final = """
INSERT INTO remit.saml_providers (id, entity_id, name, sign_on_url, logout_url, logout_answer_url, certificates, email_attribute,
    name_attribute, groups_attribute, trusts_email, changed_at)
VALUES (:id, :entity_id, :name, :sign_on_url, :logout_url, :logout_answer_url, :certificates, :email_attribute, :name_attribute,
    :groups_attribute, :trusts_email, :now)
ON CONFLICT (only_one) DO UPDATE SET entity_id = excluded.entity_id, name = excluded.name, sign_on_url = excluded.sign_on_url,
    logout_url = excluded.logout_url, logout_answer_url = excluded.logout_answer_url, certificates = excluded.certificates,
    email_attribute = excluded.email_attribute, name_attribute = excluded.name_attribute, groups_attribute = excluded.groups_attribute,
    trusts_email = excluded.trusts_email, changed_at = excluded.changed_at, version = saml_providers.version + 1
"""
_END: Final = """
UPDATE remit.web_sessions w SET revoked_at = :now FROM remit.sign_on_sessions s
WHERE s.session_id = w.id AND s.issuer = :issuer AND w.revoked_at IS NULL AND w.expires_at > :now
"""


class SetSamlProvider(Action):
    """From now on this provider's signed word says who somebody is. `expected_version`: 0 when none is set.

    `trusts_email`: whether the addresses it names are the firm's own to give, so that one names a person here.
    """

    event: ClassVar[str] = "sign-on:saml:set"
    expected_version: int = 0
    name: Annotated[str, Field(min_length=1, max_length=60)]
    entity_id: Entity
    sign_on_url: Annotated[str, Field(max_length=1000)]
    logout_url: Annotated[str, Field(max_length=1000)] = ""
    logout_answer_url: Annotated[str, Field(max_length=1000)] = ""
    certificates: Annotated[tuple[str, ...], Field(min_length=1, max_length=5)]
    email_attribute: Attribute = "email"
    name_attribute: Attribute = "name"
    groups_attribute: Attribute = "groups"
    trusts_email: bool = False

    @field_validator("sign_on_url", "logout_url", "logout_answer_url")
    @classmethod
    def _endpoint(cls, address: str) -> str:
        if address and not is_web_address(address):
            raise ValueError("this has to be a whole address such as https://login.firm.example/saml")
        if (
            address
            and urlsplit(address).scheme == "http"
            and not is_loopback(urlsplit(address).hostname or "")
        ):
            raise ValueError("this is plain http to another machine: use https")
        return address

    @field_validator("entity_id", "name", "email_attribute", "name_attribute", "groups_attribute")
    @classmethod
    def _readable(cls, text: str) -> str:
        if trouble := unsafe(text):
            raise ValueError(trouble)
        return text.strip()

    @field_validator("certificates")
    @classmethod
    def _keys(cls, several: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({certificates.read(one).text for one in several}))


class RemoveSamlProvider(Action):
    """Nobody signs on by SAML any more; sessions that it opened end."""

    event: ClassVar[str] = "sign-on:saml:remove"
    expected_version: int
    reason: Annotated[str, Field(max_length=500)] = ""


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """The provider as it is set."""

    id: UUID
    version: int
    name: str
    entity_id: str
    sign_on_url: str
    logout_url: str
    logout_answer_url: str
    keys: tuple[Certificate, ...]
    email_attribute: str
    name_attribute: str
    groups_attribute: str
    trusts_email: bool


def find_saml_provider(scope: Scope) -> SamlProvider | None:
    """The provider for SAML; None when none is set."""
    with read(scope) as s:
        row = s.row(_FIND)
    if row is None:
        return None
    values = {name: getattr(row, name) for name in SamlProvider.__slots__ if name != "keys"}
    return SamlProvider(**values, keys=tuple(certificates.read(one) for one in row.certificates))


def is_set(session: ReadSession) -> bool:
    """Whether a provider for SAML is set."""
    return session.row(_FIND) is not None


def _provider(session: ReadSession, action: SetSamlProvider) -> Target:
    row = session.row(_FIND)
    marks = ", ".join(certificates.read(one).fingerprint[:16] for one in action.certificates)
    told = (
        f"{action.name}, {action.entity_id}, keys {marks}, sign-on at {urlsplit(action.sign_on_url).hostname}"
    )
    vouched = (
        "its addresses count as the firm's own" if action.trusts_email else "its addresses count for nothing"
    )
    return Target(
        "sign-on provider",
        row.id if row else None,
        title=f"Take the word of {told}; {vouched}",
        version=row.version if row else 0,
        context={"oversight": oversight.when_second_person(session)},
    )


@handler(SetSamlProvider, target=_provider)
def set_saml_provider(tx: WriteSession, action: SetSamlProvider, target: Target) -> Change:
    """Write the provider in place of the one before. Another provider's sessions and links stay its own."""
    oversight.one_at_a_time(tx)
    row = tx.row(f"{_FIND} FOR UPDATE")
    after = action.model_dump(mode="json", exclude={"expected_version"})
    before = {name: getattr(row, name) for name in after} if row else {}
    if (found := row.version if row else 0) != action.expected_version:
        raise Conflict("provider", expected=action.expected_version, found=found, yours=after, theirs=before)
    tx.execute(_WRITE, {**after, "id": new_id(), "now": tx.now})
    return Change("sign-on provider", target.id, before, after)


def _set(session: ReadSession, _action: RemoveSamlProvider) -> Target:
    row = session.row(_FIND)
    if row is None:
        raise NotFound("provider")
    return Target(
        "sign-on provider", row.id, title=f"Nobody signs on by {row.name} any more", version=row.version
    )


@handler(RemoveSamlProvider, target=_set)
def remove_saml_provider(tx: WriteSession, action: RemoveSamlProvider, target: Target) -> Change:
    """Take the provider away and end what it opened, in this transaction."""
    row = tx.row(f"{_FIND} FOR UPDATE")
    if row is None or row.version != action.expected_version:
        raise Refused("The provider has just changed. Look again.", code="provider_changed")
    tx.execute("DELETE FROM remit.saml_providers WHERE id = :id", {"id": row.id})
    ended = tx.execute(_END, {"now": tx.now, "issuer": issuer_of(row.entity_id)}).rowcount
    before: dict[str, Any] = {
        "name": row.name,
        "entity_id": row.entity_id,
        "certificates": list(row.certificates),
    }
    return Change("sign-on provider", target.id, before, {"sessions_ended": ended, "reason": action.reason})


def issuer_of(entity_id: str) -> str:
    """Whose subjects these are. Marked, so that they are never those of an OpenID provider that calls itself the same."""
    return f"saml:{entity_id}"

"""Settings → Sign-on, SAML: whose metadata is taken, agreed by a second person; and taking the provider away at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.connectors.saml.documents import MAX_BYTES
from remit.connectors.saml.metadata import MetadataUnfit, read_provider
from remit.domains.people import saml
from remit.kit import clock
from remit.web import feedback
from remit.web.pages.settings import performed, told
from remit.web.sessions import CurrentScope

router = APIRouter()
BACK = "/settings/sign-on"
Named = Annotated[str, Form(max_length=300)]


@router.post("/settings/sign-on/saml")
def set_provider(
    request: Request,
    scope: CurrentScope,
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    name: Named = "",
    metadata: Annotated[str, Form(max_length=MAX_BYTES)] = "",
    file: UploadFile | None = None,
    email_attribute: Named = "email",
    name_attribute: Named = "name",
    groups_attribute: Named = "groups",
    trusts_email: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Take a provider by its metadata, pasted or as a file; without either, the one that is set keeps its keys and addresses."""
    raw = metadata.strip().encode() or (file.file.read(MAX_BYTES + 1) if file is not None else b"")
    if len(raw) > MAX_BYTES:
        return feedback.go(request, BACK, "This is too long for the metadata of one provider.", "refused")
    before = saml.find_saml_provider(scope)
    if not raw and before is None:
        return feedback.go(
            request, BACK, "Give the provider's metadata: paste it, or choose its file.", "refused"
        )
    try:
        said = read_provider(raw, clock.now()) if raw else None
        known = said or before
        assert known is not None
        action = saml.SetSamlProvider(
            expected_version=version,
            name=name,
            entity_id=known.entity_id,
            sign_on_url=known.sign_on_url,
            logout_url=known.logout_url,
            logout_answer_url=known.logout_answer_url,
            certificates=tuple(one.text for one in known.keys),
            email_attribute=email_attribute,
            name_attribute=name_attribute,
            groups_attribute=groups_attribute,
            trusts_email=bool(trusts_email),
        )
    except MetadataUnfit as unfit:
        return feedback.go(request, BACK, str(unfit), "refused")
    except ValidationError as error:
        return feedback.go(request, BACK, told(error), "refused")
    return performed(request, scope, action, BACK, "Saved. Its word is taken from now on.")


@router.post("/settings/sign-on/saml/remove")
def remove_provider(
    request: Request,
    scope: CurrentScope,
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Nobody signs on by it any more."""
    action = saml.RemoveSamlProvider(expected_version=version, reason=reason)
    return performed(request, scope, action, BACK, "Taken away. Sessions that it opened have ended.")

"""Changing what is known of a person at an account; people are shown on their account's page."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.contacts.actions import UpdateContact
from remit.web.doing import act
from remit.web.sessions import CurrentViewer

router = APIRouter()


@router.post("/contacts/{contact_id}")
def update(
    request: Request,
    viewer: CurrentViewer,
    contact_id: UUID,
    account: Annotated[UUID, Form()],
    version: Annotated[int, Form()],
    first_name: Annotated[str, Form()] = "",
    last_name: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
) -> Response:
    """Change a contact. Empty fields stay as they are."""
    action = UpdateContact(
        contact_id=contact_id, expected_version=version, first_name=first_name.strip() or None,
        last_name=last_name.strip() or None, title=title.strip() or None, email=email.strip() or None,
        phone=phone.strip() or None,
    )  # fmt: skip
    return act(request, viewer, action, f"/accounts/{account}#people", "Saved.")

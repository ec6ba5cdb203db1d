"""Prices: what is in force, the versions of the price book, the discount bands, a new version, products, Word templates."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Refused, Waiting
from remit.actions import queries as suggestions
from remit.db.sessions import read
from remit.domains.proposals import inspection, templates
from remit.domains.quoting import intake, queries
from remit.domains.quoting.actions import ManagePrice, ManageProduct
from remit.domains.quoting.discarding import DiscardPrices, SeenPrice
from remit.domains.quoting.imported import list_waiting
from remit.domains.quoting.rules import BANDS
from remit.domains.quoting.taking import taking
from remit.kit import clock
from remit.policy.model import role_name
from remit.web import feedback, forms, render
from remit.web.allowed import asked
from remit.web.doing import act
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer

router = APIRouter()
UPLOADS = ("/prices/template",)
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/prices")
def prices(request: Request, viewer: CurrentViewer, version: str = "") -> Response:
    """The price book in force, or one of its versions."""
    number = forms.whole(version)
    scope = viewer.scope
    rows = queries.list_generation(scope, number) if number else queries.list_live(scope, clock.today())
    return render.page(
        request, "prices/list.html", rows=rows, number=number, generations=queries.list_generations(scope), waiting=list_waiting(scope, clock.today()), overtaken=[] if number else queries.list_overtaken(scope, clock.today()), products=queries.list_products(scope),
        bands=[(role_name(role), most) for role, most in BANDS], today=clock.today(), word=templates.list_templates(scope),
        may_price=asked(scope, "ManagePrice", "price_book").outcome != "forbid", may_discard=asked(scope, "DiscardPrices", "price_book").permitted, may_product=asked(scope, "ManageProduct", "product").outcome != "forbid",
        may_word=asked(scope, "AddProposalTemplate", "proposal_template").outcome != "forbid",
    )  # fmt: skip


@router.post("/prices")
def enter(
    request: Request, viewer: CurrentViewer, lines: Annotated[str, Form(max_length=60_000)], from_on: Annotated[str, Form()],
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:  # fmt: skip
    """Enter a new version: lines of product, unit and price."""
    day = forms.day(from_on)
    if day is None:
        raise BadRequest("Say from which day these prices hold.")
    try:
        reader = csv.DictReader(io.StringIO(lines), fieldnames=list(intake.COLUMNS), skipinitialspace=True)
        action = ManagePrice(
            lines=intake.lines(reader, queries.list_products(viewer.scope)), valid_from_on=day, note=note
        )
    except Refused as refused:
        return feedback.go(request, "/prices", refused.message, "refused")
    except ValidationError as error:
        return feedback.go(request, "/prices", f"{_first(error)}.", "refused")
    return act(request, viewer, action, "/prices", "In the price book.")


@router.post("/prices/imported")
def take_imported(request: Request, viewer: CurrentViewer, from_on: Annotated[str, Form()]) -> Response:
    """Ask for the imported prices of one day to become the price book's: finance or the VP approves them."""
    day = forms.day(from_on)
    found = next((one for one in list_waiting(viewer.scope, clock.today()) if one.from_on == day), None)
    if found is None:
        return feedback.go(request, "/prices", "No imported price waits for this day any more.", "refused")
    try:
        action = taking(found)
    except ValidationError as error:
        return feedback.go(request, "/prices", f"{_first(error)}.", "refused")
    return act(request, viewer, action, "/prices", "In the price book.")


@router.post("/prices/discard")
def discard(
    request: Request, viewer: CurrentViewer, reason: Annotated[str, Form(max_length=2_000)] = "",
    price: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Put imported prices away, as they stood on the page."""
    told = (one.partition(":") for one in price or ())
    try:
        chosen = tuple(
            SeenPrice.model_validate({"price_id": id_, "version": version}) for id_, _, version in told
        )
        action = DiscardPrices(prices=chosen, reason=reason)
    except ValidationError:
        return feedback.go(request, "/prices", "Tick the prices to discard, and say why.", "refused")
    return act(request, viewer, action, "/prices", "Discarded; no price in force changed.")


@router.post("/prices/products")
def product(
    request: Request, viewer: CurrentViewer, name: Annotated[str, Form(max_length=200)], family: Annotated[str, Form(max_length=200)] = "",
    description: Annotated[str, Form(max_length=2_000)] = "", product_id: Annotated[str, Form()] = "", version: Annotated[str, Form()] = "",
    retired: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """A new product, or a change of one."""
    action = ManageProduct(
        product_id=forms.found_id(product_id), expected_version=forms.whole(version), name=name, family=family, description=description,
        active=not retired,
    )  # fmt: skip
    return act(request, viewer, action, "/prices", "Saved.")


@router.post("/prices/template")
def template(request: Request, viewer: CurrentViewer, file: UploadFile) -> Response:
    """Bring in a Word template: looked at first, then compliance approves it."""
    data = file.file.read(inspection.MOST_BYTES + 1)
    try:
        done = templates.bring_in(viewer.scope, (file.filename or "template").removesuffix(".docx"), data)
    except Refused as refused:
        return feedback.go(request, "/prices", refused.message, "refused")
    if isinstance(done, Waiting):
        return feedback.go(
            request, "/prices", done.sentence, "waiting", link=f"/approvals/{done.suggestion_id}"
        )
    return feedback.go(request, "/prices", "In use from now on.")


@router.get("/prices/template/waiting/{suggestion_id}")
def waiting_template(viewer: CurrentViewer, suggestion_id: UUID) -> Response:
    """The Word file that waits for approval, to be read before the yes."""
    found = suggestions.get_suggestion(viewer.scope, suggestion_id)
    if found.kind != "AddProposalTemplate":
        raise BadRequest("This is no Word template.")
    with read(viewer.scope) as s:
        content = templates.load_file(s, UUID(str(found.payload["template_id"])))
    headers = {"Content-Disposition": 'attachment; filename="template.docx"'}
    return Response(content, media_type=WORD, headers=headers)


def _first(error: ValidationError) -> str:
    told: Any = error.errors(include_url=False, include_input=False)[0]["msg"]
    return str(told)

"""Library: one template with its life and versions, two versions side by side, its text for a contact, using it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from remit import settings
from remit.actions import Action, NotFound, Refused
from remit.db.sessions import read
from remit.domains.library import comparing, fitting, fixtures, keeping, queries, readers, rules, using
from remit.domains.library.actions import (
    ApproveTemplates,
    ExpireTemplates,
    ReturnTemplates,
    ReviewTemplates,
    SubmitTemplates,
)
from remit.domains.library.model import SEQUENCE
from remit.domains.library.texts import list_pinning
from remit.kit import clock
from remit.kit.intervals import interval
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.doing import act
from remit.web.pages.library import NAMES, READERS, reader_of
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
TRIED: Final = 6
"""Contacts whom a template suits that are tried until one has what it needs."""
_VERBS: Final[Mapping[str, tuple[Callable[..., Action], str]]] = {
    "submit": (SubmitTemplates, "Submitted. A colleague reviews it, then compliance."),
    "review": (ReviewTemplates, "Passed on to compliance."),
    "approve": (ApproveTemplates, "Approved."),
    "return": (ReturnTemplates, "Returned. Its maker reads why."),
    "expire": (ExpireTemplates, "Out of use from now on."),
}


@router.get("/library/{version_id}")
def one(
    request: Request, viewer: CurrentViewer, version_id: UUID, contact: str = "", q: str = "", variant: int = 0, choose: bool = False
) -> Response:  # fmt: skip
    """A version: who it is for, its life, its tests, its text for a contact (somebody whom it suits, until one is chosen), and its other versions."""
    require(viewer, *READERS)
    version = queries.get_version(viewer.scope, version_id)
    if version.channel == SEQUENCE:
        return RedirectResponse(f"/sequences/{version_id}", status_code=303)
    template, today = version.template, clock.today()
    use = queries.get_use(viewer.scope, version.template_id, today)
    allowed = allowed_for(viewer, version)
    versions = queries.list_versions(viewer.scope, version.template_id)
    return render.page(
        request, "library/one.html", v=version, t=template, outcomes=fixtures.outcomes(version.source, today),
        versions=versions, use=use, **deciding_on(viewer, version, versions, allowed), recent=interval(use.replies.recent_replies, use.replies.recent_sends), earlier=interval(use.replies.earlier_replies, use.replies.earlier_sends),
        least=rules.DECAY_LEAST, **_shown(viewer, version, contact, q, _entered(request.query_params), variant, choose=choose), **allowed, **NAMES,
    )  # fmt: skip


@router.get("/library/{version_id}/shown")
def shown(
    request: Request, viewer: CurrentViewer, version_id: UUID, contact: str = "", variant: int = 0
) -> Response:
    """Only its text for a contact with the values as they are being typed; nothing is stored."""
    require(viewer, *READERS)
    version = queries.get_version(viewer.scope, version_id)
    found = _shown(viewer, version, contact, "", _entered(request.query_params), variant)
    return render.page(
        request,
        "library/words.html",
        v=version,
        t=version.template,
        **found,
        **allowed_for(viewer, version),
        **NAMES,
    )


@router.get("/library/{version_id}/export")
def export(viewer: CurrentViewer, version_id: UUID) -> Response:
    """The version as a Markdown file."""
    require(viewer, *READERS)
    version = queries.get_version(viewer.scope, version_id)
    name = f'attachment; filename="{version.key}.md"'
    return PlainTextResponse(
        version.source, media_type="text/markdown; charset=utf-8", headers={"Content-Disposition": name}
    )


@router.get("/library/{version_id}/diff")
def diff(request: Request, viewer: CurrentViewer, version_id: UUID, other: UUID) -> Response:
    """Two versions side by side, the older on the left."""
    require(viewer, *READERS)
    found = sorted(
        (queries.get_version(viewer.scope, each) for each in (version_id, other)),
        key=lambda each: each.made_at,
    )
    rows = list(comparing.side_by_side(found[0].source, found[1].source))
    return render.page(request, "library/diff.html", before=found[0], after=found[1], rows=rows, **NAMES)


@router.post("/library/{version_id}/use")
async def use(request: Request, viewer: CurrentViewer, version_id: UUID) -> Response:
    """Make a draft of an e-mail template, or keep the text of any other with the account."""
    form = await request.form()
    given = {name: str(value) for name, value in form.items()}
    contact_id = forms.found_id(given.get("contact", ""))
    if contact_id is None:
        raise BadRequest("Choose the contact that it is for.")
    entered, variant = (
        _entered(given),
        int(given.get("variant") or 0) if (given.get("variant") or "0").isdigit() else 0,
    )
    version = queries.get_version(viewer.scope, version_id)
    try:
        if version.channel == "email":
            draft_id = using.write_from(viewer.scope, str(version_id), contact_id, entered, variant=variant)
            return feedback.go(request, f"/write/{draft_id}", f"Written from {version.title}.")
        text_id = keeping.keep(viewer.scope, str(version_id), contact_id, entered, variant=variant)
    except Refused as refused:
        return feedback.go(request, f"/library/{version_id}?contact={contact_id}", refused.message, "refused")
    return feedback.go(request, f"/library/texts/{text_id}", "Kept with the account.")


@router.post("/library/{version_id}/{verb}")
def decide(
    request: Request, viewer: CurrentViewer, version_id: UUID, verb: str, version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Submit, review, approve, return or expire."""
    where = f"/library/{version_id}"
    if verb not in _VERBS:
        raise BadRequest("A template is submitted, reviewed, approved, returned or taken out of use.")
    kind, said = _VERBS[verb]
    more = {"reason": reason} if verb in ("return", "expire") else {}
    try:
        action = kind(version_ids=(version_id,), expected_versions=(version,), **more)
    except ValidationError:
        return feedback.go(request, where, "Say why, in three letters or more.", "refused")
    return act(request, viewer, action, where, said)


def _entered(given: Mapping[str, str]) -> dict[str, str]:
    """Fields `v.NAME` of a form or an address: the template's variables."""
    return {
        name.removeprefix("v."): value.strip()[:400]
        for name, value in given.items()
        if name.startswith("v.") and value.strip()
    }


def _shown(
    viewer: Viewer, version: queries.Version, contact: str, q: str, entered: dict[str, str], variant: int,
    choose: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The text for the chosen contact, else for the first whom it suits; who there is to choose from; or why there is no text."""
    reader, people = reader_of(viewer, contact), []
    if reader is None:
        kinds = [one.kind for one in version.template.facts]
        people = readers.list_suited(viewer.scope, version, kinds, text=q)
        if people and not (q or choose):
            reader = _first_written(viewer, version, people, entered)
    found: dict[str, Any] = {
        "reader": reader, "readers": people, "q": q, "meant_for": fitting.meant_for(version),
        "anybody": readers.list_readers(viewer.scope, text=q, limit=12) if reader is None and not people else (),
        "entered": entered, "variant": variant, "floor": settings.load().outreach_floor, "used": None, "why_not": "", "needs": [], "unfit": [], "others": [],
        "usable": version.usable(clock.today()),
    }  # fmt: skip
    if reader is None:
        return found
    found["unfit"], found["others"] = using.why_unfit(viewer.scope, version, reader.contact_id)
    try:
        return {**found, "used": using.preview(viewer.scope, version, reader.contact_id, entered, variant)}
    except NotFound:
        return {**found, "why_not": "This contact cannot be found."}
    except Refused as refused:
        return {**found, "why_not": refused.message, "needs": refused.details.get("missing", [])}


def _first_written(
    viewer: Viewer, version: queries.Version, people: Sequence[readers.Reader], entered: Mapping[str, str]
) -> readers.Reader:
    """The first of TRIED for whom what is on record is enough to write it, else the first."""
    with read(viewer.scope) as s:
        for one in people[:TRIED]:
            try:
                using.load_used(s, version, one.contact_id, entered, 0, measured=False)
            except Refused as refused:
                if refused.code.startswith("value_"):
                    break  # something is to be entered first: it is the same for everybody
            else:
                return one
    return people[0]


def deciding_on(
    viewer: Viewer, version: queries.Version, versions: Sequence[queries.Version], allowed: Mapping[str, bool]
) -> dict[str, Any]:  # fmt: skip
    """For whoever reviews or approves it: the version that it would take the place of, what differs, and the sequences that fall with that one."""
    deciding = allowed["may_review"] or allowed["may_approve"]
    older = [one for one in versions if one.number < version.number]
    before = next((one for one in older if one.state == "live"), older[0] if older else None)
    rows: list[comparing.Row] = []
    if deciding and before is not None:
        source = queries.get_version(viewer.scope, before.id).source
        rows = list(comparing.side_by_side(source, version.source))
    pinning = list_pinning(viewer.scope, version.id) if deciding else []
    return {"deciding": deciding, "before": before, "rows": rows, "pinning": pinning}


def allowed_for(viewer: Viewer, version: queries.Version) -> dict[str, bool]:
    """What the page offers: what policy and the state of the version allow."""
    own = version.made_by == viewer.person_id
    can = {
        kind: may(viewer.scope, kind, "template")
        for kind in (
            "WriteTemplates",
            "ReviewTemplates",
            "ApproveTemplates",
            "ReturnTemplates",
            "ExpireTemplates",
        )
    }
    return {
        "may_write": can["WriteTemplates"] and version.newest,
        "may_submit": can["WriteTemplates"] and version.state in ("draft", "returned"),
        "may_review": can["ReviewTemplates"] and version.state == "review" and not own,
        "may_approve": can["ApproveTemplates"] and version.state == "compliance" and not own and version.reviewed_by != viewer.person_id,
        "may_return": can["ReturnTemplates"] and version.state in ("review", "compliance"),
        "may_expire": can["ExpireTemplates"] and version.state == "live",
        "may_use": may(viewer.scope, "WriteDraft"),
    }  # fmt: skip

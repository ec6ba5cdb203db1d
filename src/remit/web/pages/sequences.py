"""Sequences: the list, one with its steps and runs, enrolling contacts, one run with what it got and gets next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from remit.actions import Refused
from remit.domains.library import fixtures, readers, shipped
from remit.domains.library import queries as library
from remit.domains.library.fitting import personas_of
from remit.domains.library.queries import Version
from remit.domains.library.steps import KINDS, following, place_of, walk
from remit.domains.library.texts import list_fallen
from remit.domains.library.writing import WriteTemplates
from remit.domains.sequences import enrolling, queries, rules
from remit.domains.sequences.steering import (
    PauseEnrolments,
    ResumeEnrolments,
    SkipStep,
    StopEnrolments,
)
from remit.domains.sequences.steering_many import steer_each
from remit.kit import clock
from remit.kit.text import clean
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.doing import TOLD_IN_PLACE, act
from remit.web.pages.library import NAMES, READERS
from remit.web.pages.library_one import allowed_for
from remit.web.paging import list_request
from remit.web.problems import BadRequest, NotAllowedHere
from remit.web.security import control_characters
from remit.web.sessions import CurrentViewer, Viewer, require

router = APIRouter()
RUN_TONES: Final = {"active": "ok", "paused": "warn", "stopped": "muted", "finished": "muted"}
ICONS: Final = {"email": "mail", "call": "phone", "social": "users", "wait": "clock", "branch": "arrow-right"}
EVENT_WORDS: Final = {
    "reply": "they answer",
    "bounce": "an e-mail comes back",
    "meeting": "a meeting is booked",
}
WHY: Final = {
    "reply": "they answered", "bounce": "an e-mail came back", "meeting": "a meeting was booked", "opt_out": "asked not to be written to",
    "do_not_contact": "on the do-not-contact list", "bad_news": "bad news", "reassigned": "another owner", "contact_gone": "contact gone",
    "owner_left": "owner left", "halted": "halted", "plan_out_of_use": "sequence out of use", "by_hand": "by hand", "rejected": "e-mail rejected",
    "discarded": "e-mail discarded", "restored": "restored from a backup", "not_decided": "nobody decided in time", "missing_fact": "no fact to write from", "check_failed": "a check failed",
    "no_text": "no text fits", "template_not_live": "a text out of use",
}  # fmt: skip
OUTCOMES: Final = {
    "sent": "sent", "not_left": "called back before it left", "asked": "given to its owner", "waited": "waited", "nothing": "nothing came back", "left_out": "left out", "stopped": "stopped", "": "open",
}  # fmt: skip
WORDS: Final[dict[str, Any]] = {
    "run_states": rules.STATES, "run_tones": RUN_TONES, "icons": ICONS, "step_kinds": KINDS, "event_words": EVENT_WORDS, "reasons": WHY, "outcomes": OUTCOMES,
}  # fmt: skip
MOST_PASTED: Final = 20_000
LOOKED_AT: Final = 400
SHOWN: Final = 80
"""Contacts of one's own that are looked at for whom a sequence is for, and of these shown at a time."""


@router.get("/sequences")
def sequences(request: Request, viewer: CurrentViewer) -> Response:
    """Every sequence with how many runs are where."""
    require(viewer, *READERS)
    asked = list_request(
        request, sorts=("motion",), default="motion", filters=("motion", "persona", "state", "text")
    )
    found = queries.list_sequences(viewer.scope, library.Filters(**asked.filters))
    days = {one.version.id: walk(one.version.template.steps, {})[0][-1][0] for one in found}
    return render.page(
        request, "sequences/list.html", rows=found, days=days, fallen=list_fallen(viewer.scope), list=asked, may_write=may(viewer.scope, "WriteTemplates", "template"),
        shipped_count=0 if found or asked.filters else len(shipped.sequences()), **NAMES, **WORDS,
    )  # fmt: skip


@router.post("/sequences/shipped")
def bring_in(request: Request, viewer: CurrentViewer) -> Response:
    """Store the sequences that ship with Remit as drafts."""
    return act(
        request,
        viewer,
        WriteTemplates(sources=tuple(shipped.sequences().values())),
        "/sequences",
        "Brought in as drafts.",
    )


@router.get("/sequences/steps/{step_id}")
def step(viewer: CurrentViewer, step_id: UUID) -> Response:
    """To the run whose step this is."""
    require(viewer, *READERS)
    return RedirectResponse(
        f"/sequences/runs/{queries.find_run_of_step(viewer.scope, step_id)}", status_code=303
    )


@router.get("/sequences/runs/{run_id}")
def run(request: Request, viewer: CurrentViewer, run_id: UUID) -> Response:
    """One contact's run: the steps it took, what comes next, why it stopped."""
    require(viewer, *READERS)
    found = queries.get_run(viewer.scope, run_id)
    version = library.get_version(viewer.scope, found.version_id)
    return render.page(
        request, "sequences/run.html", r=found, v=version, taken=queries.get_steps(viewer.scope, run_id), coming=_coming(version, found),
        **steers(viewer), **NAMES, **WORDS,
    )  # fmt: skip


@router.post("/sequences/runs/{run_id}/skip")
def skip(
    request: Request, viewer: CurrentViewer, run_id: UUID, version: Annotated[int, Form()], reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:  # fmt: skip
    """Go on without the present step."""
    where = f"/sequences/runs/{run_id}"
    try:
        action = SkipStep(enrolment_id=run_id, expected_version=version, reason=reason)
    except ValidationError:
        return feedback.go(request, where, "Say why, in three letters or more.", "refused")
    return act(request, viewer, action, where, "It goes on without this step.")


@router.post("/sequences/runs/{run_id}/{verb}")
def steer_one(
    request: Request,
    viewer: CurrentViewer,
    run_id: UUID,
    verb: str,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Pause, resume or stop one run."""
    return steer(request, viewer, verb, {"enrolment_ids": (run_id,)}, reason, f"/sequences/runs/{run_id}")


@router.get("/sequences/{version_id}")
def one(request: Request, viewer: CurrentViewer, version_id: UUID) -> Response:
    """A sequence: its steps with their texts, its life, what came of it, and its runs."""
    require(viewer, *READERS)
    version = sequence_of(viewer, version_id)
    asked = list_request(
        request, sorts=("enrolled",), default="enrolled", filters=("run", "step", "code", "sent")
    )
    given = asked.filters
    filters = queries.Filters(
        version.template_id,
        given.get("run"),
        given.get("step"),
        code=given.get("code"),
        reached="sent" in given,
    )
    page = queries.list_runs(viewer.scope, filters, after=asked.after, size=25)
    template, today = version.template, clock.today()
    way, _ = walk(template.steps, {})
    return render.page(
        request, "sequences/one.html", v=version, t=template, usable=version.usable(today), outcomes_of_tests=fixtures.outcomes(version.source, today),
        versions=library.list_versions(viewer.scope, version.template_id), texts=queries.get_texts(viewer.scope, version),
        days={step.name: day for day, step in way}, last_day=way[-1][0], first_email=next((step.name for step in template.steps if step.kind == "email"), ""), listed=queries.get_listed(viewer.scope, version),
        came=queries.get_came(viewer.scope, version.template_id), why=queries.get_reasons(viewer.scope, version.template_id), runs=page.rows, next=page.next,
        list=asked, may_enrol=may(viewer.scope, "EnrolContacts", "enrolment") and version.usable(today).passed, **steers(viewer),
        **allowed_for(viewer, version), **NAMES, **WORDS,
    )  # fmt: skip


@router.get("/sequences/{version_id}/enrol")
def choose(
    request: Request, viewer: CurrentViewer, version_id: UUID, q: str = "", everybody: bool = False
) -> Response:
    """Contacts to enrol, each with what speaks against it."""
    version = sequence_of(viewer, version_id)
    return _enrol_form(request, viewer, version, q, everybody)


@router.post("/sequences/{version_id}/enrol")
async def enrol(request: Request, viewer: CurrentViewer, version_id: UUID) -> Response:
    """Enrol the contacts ticked, and those whose addresses were pasted."""
    version = sequence_of(viewer, version_id)
    form = await request.form()
    ticked = [found for each in form.getlist("contact") if (found := forms.found_id(str(each)))]
    if control_characters(value for _, value in form.multi_items()):
        return _enrol_form(
            request, viewer, version, "", False, {name: clean(str(value)) for name, value in form.items()}
        )
    pasted = str(form.get("addresses") or "")
    if len(pasted) > MOST_PASTED:
        raise BadRequest("Paste fewer addresses at a time.")
    ids, unknown = enrolling.find_contacts(viewer.scope, pasted.replace(",", "\n").replace(";", "\n").split())
    entered = {
        name[2:]: str(text).strip()[:400]
        for name, text in form.items()
        if name.startswith("v.") and str(text).strip()
    }
    chosen = tuple(dict.fromkeys([*ticked, *ids]))[: enrolling.MOST_AT_ONCE]
    where = f"/sequences/{version_id}/enrol"
    if not chosen:
        return feedback.go(
            request,
            where,
            f"Nobody by {unknown[0]}." if unknown else "Choose at least one contact.",
            "refused",
        )
    try:
        done = enrolling.enrol(viewer.scope, version, chosen, entered)
    except Refused as refused:
        if refused.code != "check_failed":
            raise
        return feedback.go(request, where, refused.message, "refused")
    return feedback.go(
        request,
        f"/sequences/{version_id}",
        _enrolled(done, unknown),
    )


def _enrolled(result: Any, unknown: list[str]) -> str:
    left = [f"{one['name']}: {one['why'].rstrip('.')}" for one in result["left_out"]]
    more = [
        f"Left out: {'; '.join(left[:4])}." if left else "",
        f"Not found: {', '.join(unknown[:4])}." if unknown else "",
        f"Waits for approval: {'; '.join(one['account'] for one in result['waiting'][:4])}."
        if result["waiting"]
        else "",
    ]
    return " ".join([f"{len(result['enrolled'])} enrolled.", *filter(None, more)])


DONE: Final = {
    "pause": "Paused. What waited for approval was taken back.", "resume": "It goes on.", "stop": "Stopped for good.",
}  # fmt: skip


def steer(
    request: Request, viewer: Viewer, verb: str, meant: dict[str, Any], reason: str, where: str
) -> Response:
    """Pause, resume or stop the runs meant, account by account, and back to `where` with those where it was refused."""
    kinds = {"pause": PauseEnrolments, "resume": ResumeEnrolments, "stop": StopEnrolments}
    if verb not in kinds:
        raise BadRequest("A run is paused, resumed or stopped.")
    try:
        done = steer_each(viewer.scope, kinds[verb](**meant, reason=reason))
    except ValidationError:
        return feedback.go(request, where, "Say why, in three letters or more.", "refused")
    except Refused as refused:
        if refused.code not in TOLD_IN_PLACE:
            raise
        return feedback.go(request, where, refused.message, "refused")
    if done["state"] == "waiting":
        return feedback.go(
            request, where, "It waits for approval.", "waiting", link=f"/approvals/{done['suggestion_id']}"
        )
    left = [f"Not at {one['account']}: {one['why']}." for one in done["refused"]]
    return feedback.go(request, where, " ".join([DONE[verb], *left[:4]]))


def steers(viewer: Viewer) -> dict[str, bool]:
    """What of this the viewer may do, for a template."""
    kinds = {
        "may_pause": "PauseEnrolments",
        "may_resume": "ResumeEnrolments",
        "may_stop": "StopEnrolments",
        "may_skip": "SkipStep",
    }
    return {name: may(viewer.scope, kind, "enrolment") for name, kind in kinds.items()}


def sequence_of(viewer: Viewer, version_id: UUID) -> Version:
    """A version that is a sequence. Raises NotFound, BadRequest."""
    version = library.get_version(viewer.scope, version_id)
    if not version.template.is_sequence:
        raise BadRequest("This is a template, not a sequence.")
    return version


def _enrol_form(
    request: Request, viewer: Viewer, version: Version, q: str, everybody: bool, typed: Mapping[str, str] | None = None
) -> Response:  # fmt: skip
    """`typed`: what was sent with control characters in it, without them: the form comes back, and says so."""
    if not may(viewer.scope, "EnrolContacts", "enrolment"):
        raise NotAllowedHere("Contacts are enrolled by those who sell: reps, managers and the VP.")
    found = readers.list_readers(viewer.scope, text=q, limit=LOOKED_AT)
    people = [one for one in found if everybody or _is_for(version, one.title)][:SHOWN]
    judged = enrolling.get_judged(viewer.scope, version, [one.contact_id for one in people])
    return render.page(
        request, "sequences/enrol.html", v=version, t=version.template, fit=[one for one in judged if one.fit], unfit=[one for one in judged if not one.fit],
        titles={one.contact_id: one.title for one in people}, q=q, everybody=everybody, usable=version.usable(clock.today()),
        typed=typed or {}, status=400 if typed else 200, **NAMES, **WORDS,
    )  # fmt: skip


def _is_for(version: Version, title: str) -> bool:
    """Whether somebody with this title is whom the sequence is written to; the door looks at their firm and country, too."""
    return "any" in version.personas or bool(set(version.personas) & personas_of(title))


def _coming(version: Version, found: queries.Run) -> list[dict[str, Any]]:
    """What a running run gets from here on when nothing comes back, each with its day where that is known."""
    if found.state not in ("active", "paused"):
        return []
    plan, coming = version.template.steps, []
    step, at = plan[place_of(plan, found.step)], found.due_at
    while step is not None:
        if step.kind != "branch" and not (step.name == found.step and found.due_at is None):
            coming.append({"step": step, "at": at})
        after = following(plan, step.name)
        if after is None:
            break
        at = at + timedelta(days=after.after_days) if at else None
        step = after
    return coming

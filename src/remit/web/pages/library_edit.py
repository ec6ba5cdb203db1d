"""Library: writing a template. What is typed is read, tried out and shown on a contact at once; storing makes a version."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed, Refused, perform
from remit.db.sessions import read
from remit.domains.library import fitting, fixtures, markdown, queries, readers, shipped
from remit.domains.library.entered import CannotRender
from remit.domains.library.model import BUILT_IN, PARTS, Template
from remit.domains.library.rendering import render as rendered
from remit.domains.library.using import load_prices
from remit.domains.library.writing import WriteTemplates
from remit.domains.outreach.material import gather
from remit.kit import clock
from remit.web import feedback, forms, render
from remit.web.allowed import may
from remit.web.problems import NotAllowedHere
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
Source = Annotated[str, Form(max_length=markdown.MOST)]
BLANK: Final = """---
id: my-first-template
title: What it is for, in a few words
role: sdr
motion: cold_outreach
personas: [any]
segments: [any]
channel: email
jurisdictions: [any]
category: first_contact
owner: enablement
review_days: 180
most_words: 110
facts:
  - {name: brokers, kind: prime_broker, least: 2, most: 3}
  - {name: able, kind: capability, words: [alloc, block]}
subjects:
  - "Allocations to {brokers.values}"
---

## Plan

Hello {first_name},

{brokers.cite} lists {brokers.values} as {brokers.kinds}.

Which step of the allocation to them takes your team the longest?

{able.product} {able.value}.

Would 20 minutes next week be worth it?

## Prompt

What a model is told about this letter, beyond the rules that hold for every letter.

## Tests

```yaml
- name: names both brokers
  expect:
    contains: ["Halden Prime and Morrow Securities"]
- name: refused without them
  without: [prime_broker]
  expect: {refused: missing_fact}
```
"""


@router.get("/library/new")
def new(request: Request, viewer: CurrentViewer, q: str = "", sequence: bool = False) -> Response:
    """A new template, or a new sequence, from an example."""
    return _form(request, viewer, None, _first_sequence() if sequence else BLANK, q)


@router.get("/library/{version_id}/edit")
def edit(request: Request, viewer: CurrentViewer, version_id: UUID, q: str = "") -> Response:
    """The next version of a template."""
    version = queries.get_version(viewer.scope, version_id)
    return _form(request, viewer, version, version.source, q)


@router.post("/library/check")
def check(
    request: Request,
    viewer: CurrentViewer,
    source: Source = "",
    contact: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """What the text says as it is being typed: whether it can be read, its tests, its slots, its text on the contact."""
    _may(viewer)
    return render.page(
        request, "library/checked.html", **_checked(viewer, source.replace("\r\n", "\n"), contact)
    )


@router.post("/library")
def store(
    request: Request,
    viewer: CurrentViewer,
    source: Source = "",
    version_id: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Store the text as a new version."""
    _may(viewer)
    of = forms.found_id(version_id)
    version = queries.get_version(viewer.scope, of) if of else None
    text = source.replace("\r\n", "\n")
    try:
        done = perform(viewer.scope, WriteTemplates(sources=(text,)))
    except ValidationError as error:
        why = error.errors(include_url=False, include_input=False)[0]["msg"]
        return _form(request, viewer, version, text, "", f"The text cannot be kept: {why}.")
    except Refused as refused:
        return _form(request, viewer, version, text, "", refused.message)
    written = done.result["written"] if isinstance(done, Performed) else []
    if not written:
        return _form(request, viewer, version, text, "", "Nothing had changed.")
    return feedback.go(
        request, f"/library/{written[0]['version_id']}", "Stored as a draft. Submit it when it is ready."
    )


def _may(viewer: Viewer) -> None:
    if not may(viewer.scope, "WriteTemplates", "template"):
        raise NotAllowedHere("Templates are written by reps, managers and enablement.")


def _form(
    request: Request, viewer: Viewer, version: queries.Version | None, source: str, q: str, why: str = ""
) -> Response:
    """The form; with the text as it was typed, where it comes back because of `why`."""
    _may(viewer)
    people = _readers(viewer, source, q)
    contact = str(people[0].contact_id) if people else ""
    return render.page(
        request, "library/edit.html", v=version, source=source, readers=people, q=q, contact=contact, why=why, status=400 if why else 200,
        **_checked(viewer, source, contact),
    )  # fmt: skip


def _readers(viewer: Viewer, source: str, q: str) -> list[readers.Reader]:
    """On whom the text can be looked at: those whom it suits, else anybody; none for a sequence, whose texts are its templates'."""
    try:
        template = markdown.parse(source, "the text")
    except markdown.TemplateUnreadable:
        return readers.list_readers(viewer.scope, text=q)
    if template.is_sequence:
        return []
    aim = fitting.Aim(template.id, template.personas, template.segments, template.jurisdictions)
    suited = readers.list_suited(viewer.scope, aim, [one.kind for one in template.facts], text=q, limit=40)
    return suited or readers.list_readers(viewer.scope, text=q)


def _checked(viewer: Viewer, source: str, contact: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "fault": "",
        "outcomes": [],
        "slots": [],
        "steps": [],
        "text": None,
        "why_not": "",
    }
    try:
        template = markdown.parse(source, "the text")
    except markdown.TemplateUnreadable as error:
        return {**found, "fault": str(error)}
    found |= {
        "outcomes": fixtures.try_all(template, clock.today()),
        "slots": [] if template.is_sequence else _slots(template),
        "steps": template.steps,
    }
    if template.is_sequence:
        return found  # its texts are those of its templates
    contact_id = forms.found_id(contact)
    if contact_id is None:
        return found
    with read(viewer.scope) as s:
        material = gather(s, contact_id, viewer.person_id, clock.now())
        facts = [*material.facts, *load_prices(s)]
    values = {one.name: one.choices[0] if one.choices else _sample(one.type) for one in template.variables}
    try:
        text = rendered(template, facts, material.context, material.reader, material.writer, values)
    except CannotRender as error:
        return {**found, "why_not": error.message}
    return {**found, "text": text}


def _first_sequence() -> str:
    """A sequence that ships, under another name."""
    _, source = min(shipped.sequences().items())
    return re.sub(r"^id: .*$", "id: my-first-sequence", source, count=1, flags=re.MULTILINE)


def _sample(kind: str) -> str:
    return {"date": clock.today().isoformat(), "number": "20", "name": "Sample Name"}.get(
        kind, "sample words"
    )


def _slots(template: Template) -> list[str]:
    """Everything that may stand in braces here."""
    facts = [f"{one.name}.{part}" for one in template.facts for part in sorted(PARTS)]
    return [*sorted(BUILT_IN), *(one.name for one in template.variables), *facts]

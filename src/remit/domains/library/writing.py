"""WriteTemplates: a Markdown text becomes a template, or the next version of one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.library import markdown, queries
from remit.domains.library.model import Template
from remit.kit.ids import new_id

MOST_AT_ONCE: Final = 200
Source = Annotated[str, Field(min_length=10, max_length=markdown.MOST)]


class WriteTemplates(Action):
    """Store templates as drafts: a new one, or the next version of one that there is. What has not changed stays as it is."""

    event: ClassVar[str] = "template:write"
    sources: tuple[Source, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


def _library(_session: ReadSession, _action: WriteTemplates) -> Target:
    return Target("template", title="the library")


def _readable(_session: ReadSession, action: WriteTemplates, _target: Target) -> Sequence[Check]:
    """Each is a template, and none stands twice."""
    parsed = [_parsed(source, number) for number, source in enumerate(action.sources, 1)]
    keys = [one.id for one in parsed]
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    return [
        Check.that(
            "template-once", not doubled, f"{', '.join(doubled)} stands twice.", "Each template stands once."
        )
    ]


@handler(WriteTemplates, target=_library, checks=[_readable])
def write_templates(tx: WriteSession, action: WriteTemplates, _target: Target) -> Change:
    """One draft version for each text that says something new."""
    written, unchanged = [], []
    for number, source in enumerate(action.sources, 1):
        template = _parsed(source, number)
        template_id, latest = _known(tx, template.id)
        dated = (
            template
            if template.review_by
            else template.model_copy(
                update={"review_by": tx.now.date() + timedelta(days=template.review_days)}
            )
        )
        if latest is not None and _same(
            queries.load_version(tx, latest).template, dated, bool(template.review_by)
        ):
            unchanged.append(template.id)
            continue
        written.append(_write(tx, template_id, latest, dated))
    made = [
        {"key": key, "version_id": str(version_id), "number": count} for key, version_id, count in written
    ]
    return Change(
        "template",
        written[0][1] if len(written) == 1 else None,
        after={"written": made},
        result={"written": made, "unchanged": unchanged},
    )


def _parsed(source: str, number: int) -> Template:
    try:
        return markdown.parse(source, f"text {number}")
    except markdown.TemplateUnreadable as error:
        raise Refused(f"This is no template: {error}.", code=error.code) from None


def _same(stored: Template, given: Template, dated: bool) -> bool:
    """Whether two say the same; a text that sets no review date asks for none to be moved."""
    return stored == (given if dated else given.model_copy(update={"review_by": stored.review_by}))


def _known(tx: WriteSession, key: str) -> tuple[UUID, UUID | None]:
    row = tx.row(
        "SELECT t.id, v.id AS latest FROM remit.templates t LEFT JOIN remit.template_versions v ON v.template_id = t.id AND v.newest WHERE t.key = :key",
        {"key": key},
    )
    if row is not None:
        return row.id, row.latest
    template_id = new_id()
    tx.execute(
        "INSERT INTO remit.templates (id, key, created_by, created_at) VALUES (:id, :key, :by, :at)",
        {"id": template_id, "key": key, "by": tx.maker_id, "at": tx.now},
    )
    return template_id, None


def _write(
    tx: WriteSession, template_id: UUID, latest: UUID | None, template: Template
) -> tuple[str, UUID, int]:
    version_id, source = new_id(), markdown.render(template)
    number = 1
    if latest is not None:
        before = queries.load_version(tx, latest)
        number = before.number + 1
        # a version that nobody decided on gives way to the next
        state = (
            "superseded" if before.state in ("draft", "review", "compliance", "returned") else before.state
        )
        tx.execute(
            "UPDATE remit.template_versions SET newest = false, state = :state, version = version + 1 WHERE id = :id",
            {"id": latest, "state": state},
        )
    tx.execute(
        """INSERT INTO remit.template_versions (id, template_id, number, source, sha256, title, role, motion, personas, segments, channel,
            jurisdictions, category, owner, review_by_on, made_by, made_at)
        VALUES (:id, :template, :number, :source, :sha256, :title, :role, :motion, :personas, :segments, :channel, :jurisdictions, :category,
            :owner, :review_by, :by, :at)""",
        {
            **template.model_dump(include={"title", "role", "motion", "channel", "category", "owner", "review_by"}),
            "personas": list(template.personas), "segments": list(template.segments), "jurisdictions": list(template.jurisdictions),
            "id": version_id, "template": template_id, "number": number, "source": source,
            "sha256": hashlib.sha256(source.encode()).hexdigest(), "by": tx.maker_id, "at": tx.now,
        },
    )  # fmt: skip
    return template.id, version_id, number

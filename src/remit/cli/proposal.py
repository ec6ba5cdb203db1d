"""`remit proposal …`: proposals from a draft (`remit draft proposal`) to the buyer's file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database
from remit.kit import clock

app = typer.Typer(help="Proposals: what stands in one, its approval, its files.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Its reference (P-00012) or id.")]
Minutes = Annotated[
    float, typer.Option(min=0, max=600, help="Minutes that you worked on it outside of Remit.")
]


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="draft, approved, issued or withdrawn")] = None,
) -> None:
    """List the proposals you may see, the last changed first."""
    from remit.domains.proposals import queries

    rows: list[dict[str, Any]] = []
    after = None
    with database():
        scope = acting.scope()
        while True:
            page = queries.list_proposals(scope, state=state, after=after, size=200)
            rows += [_row(one) for one in page.rows]
            if (after := page.next) is None:
                break
    head = ["proposal", "state", "account", "title", "amount", "discount", "holds until", "by"]
    cells = [
        (
            one["reference"], one["state"], one["account"], one["title"], one["amount"], f"{one['discount_bp'] / 100:g} %", one["expires_on"],
            one["author"],
        )
        for one in rows
    ]  # fmt: skip
    output.show(
        {"proposals": rows}, lambda: output.table(head, cells) if rows else "There is no proposal yet."
    )


@app.command()
def show(which: Which) -> None:
    """Show a proposal: its lines, each sentence with what it stands on, every check."""
    with database():
        scope = acting.scope()
        document = document_of(scope, _found(scope, which))
    output.show(document, lambda: told(document))


@app.command()
def discount(which: Which, minutes: Minutes = 0) -> None:
    """Ask for its discount: given at once within your band, else it waits for somebody who may give it."""
    from remit.domains.proposals.approving import ApproveDiscount

    opened = clock.now()
    with database():
        found = _found(acting.scope(), which)
        action = ApproveDiscount(
            proposal_id=found.id, terms_sha256=found.terms_sha256, opened_at=opened, elsewhere_minutes=minutes
        )
        _asked(action, f"The discount of {found.reference} is agreed to.")


@app.command()
def submit(which: Which, minutes: Minutes = 0) -> None:
    """Ask for its approval exactly as it stands; a colleague who did not draw it up gives it."""
    from remit.domains.proposals import templates
    from remit.domains.proposals.approving import ApproveProposal

    opened = clock.now()
    with database():
        scope = acting.scope()
        found = _found(scope, which)
        action = ApproveProposal(
            proposal_id=found.id, expected_version=found.version, sha256=found.sha256,
            template_sha256=templates.in_use(scope).sha256, opened_at=opened, elsewhere_minutes=minutes,
        )  # fmt: skip
        _asked(action, f"{found.reference} is approved.")


@app.command()
def file(
    which: Which,
    out: Annotated[Path, typer.Option(help="Where to: a name that ends in .pdf or .docx.")],
    issue: Annotated[
        bool, typer.Option("--issue", help="Take the approved file to hand over; this is put on the record.")
    ] = False,
) -> None:
    """Write its Word file or PDF. Without --issue the file of a draft says that it is no offer."""
    from remit.domains.proposals import files, leaving
    from remit.domains.proposals.files import Format

    formats: dict[str, Format] = {".pdf": "pdf", ".docx": "docx"}
    wanted = formats.get(out.suffix.lower())
    if wanted is None:
        raise output.CommandRefused("format_unknown", "--out ends in .pdf or .docx.", exit_code=output.USAGE)
    with database():
        scope = acting.scope()
        found = _found(scope, which)
        if found.state in ("approved", "issued") and not issue:
            raise output.CommandRefused(
                "issue_needed",
                "This file is an offer: say --issue, and that you took it is put on the record.",
            )
        made = (leaving.file_to_leave if issue else files.made)(scope, found, wanted, clock.today())
        if issue:
            _issue(found, wanted, made.sha256)
    out.write_bytes(made.content)
    document = {"path": str(out), "sha256": made.sha256, "bytes": len(made.content), "issued": issue}
    output.show(document, f"Wrote {out} ({len(made.content):,} bytes, SHA-256 {made.sha256}).")


@app.command()
def email(
    which: Which,
    to: Annotated[str, typer.Option(help="Contact of its account, by id or address; its reader.")] = "",
    file_format: Annotated[str, typer.Option("--format", help="pdf or docx")] = "pdf",
) -> None:
    """Write an e-mail that its approved file goes with. `remit send DRAFT` asks for it to be sent."""
    from remit.cli.draft import told as told_draft
    from remit.domains.outreach.queries import find_contact, preview
    from remit.domains.proposals import mailing

    if file_format not in ("pdf", "docx"):
        raise output.CommandRefused("format_unknown", "--format is pdf or docx.", exit_code=output.USAGE)
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers

        scope = acting.scope()
        found = _found(scope, which)
        contact_id = find_contact(scope, to) if to else found.contact_id
        written = mailing.draft_email(scope, found, contact_id, "pdf" if file_format == "pdf" else "docx")
        document = preview(scope, written)
    output.show(document, lambda: told_draft(document))


@app.command()
def diff(which: Which) -> None:
    """What has changed since its last approved version."""
    import difflib

    from remit.domains.proposals import files, queries

    with database():
        scope = acting.scope()
        found = _found(scope, which)
        before = queries.find_before(scope, found)
    if before is None:
        raise output.CommandRefused(
            "nothing_before", "No version of it, and no other proposal at this deal, was approved before.", exit_code=output.NOT_FOUND
        )  # fmt: skip
    lines = list(
        difflib.unified_diff(
            list(files.as_lines(before)), list(files.as_lines(found.document)), before.reference, found.document.reference, lineterm="", n=1
        )
    )  # fmt: skip
    output.show(
        {"before": before.reference, "after": found.document.reference, "lines": lines},
        "\n".join(lines) or "They say the same.",
    )


@app.command()
def withdraw(which: Which, reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Take it back: nothing of it is handed over any more."""
    from remit.domains.proposals.actions import WithdrawProposal

    with database():
        found = _found(acting.scope(), which)
        action = WithdrawProposal(proposal_id=found.id, expected_version=found.version, reason=reason)
        _asked(action, f"{found.reference} is withdrawn.")


@app.command()
def template(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A Word file (.docx) with tags; docs/proposals.md has them.")],
    name: Annotated[str, typer.Option(help="What it is called.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Only look whether it is fit.")] = False,
) -> None:  # fmt: skip
    """Bring in a Word template of the firm's own; compliance approves it."""
    from remit.domains.proposals import inspection, templates

    try:
        data = path.read_bytes()
    except OSError as error:
        raise output.CommandRefused(
            "file_unreadable", f"{path} cannot be read: {error.strerror}.", exit_code=output.NOT_FOUND
        ) from error
    if check:
        inspection.check(data)
        output.show({"path": str(path), "fit": True}, f"{path} is fit.")
        return
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers

        _told(templates.bring_in(acting.scope(), name or path.stem, data), "In use from now on.")


def _found(scope: Any, which: str) -> Any:
    from remit.domains.proposals import queries

    return queries.find_proposal(scope, which)


def _asked(action: Any, said: str) -> None:
    """Perform; where a person has to agree, say what waits and how it is approved."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform

    _told(perform(acting.scope(), action), said)


def _told(answer: Any, said: str) -> None:
    from remit.actions import Performed

    if isinstance(answer, Performed):
        output.show({"state": "done", **answer.result}, said)
        return
    document = {
        "state": "waiting", "suggestion_id": str(answer.suggestion_id), "payload_hash": answer.payload_hash,
        "approver_roles": list(answer.approver_roles), "sentence": answer.sentence,
    }  # fmt: skip
    output.show(
        document,
        f"{answer.sentence} It waits: remit --as PERSON approve {answer.suggestion_id} --hash {answer.payload_hash}",
    )


def _issue(found: Any, wanted: Any, sha256: str) -> None:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.proposals.approving import IssueProposal

    action = IssueProposal(proposal_id=found.id, sha256=found.sha256, format=wanted, file_sha256=sha256)
    acting.done_at_once(perform(acting.scope(), action))


def _row(one: Any) -> dict[str, Any]:
    return {
        "proposal_id": str(one.id), "reference": one.reference, "state": one.state, "account": one.account, "account_id": str(one.account_id),
        "opportunity_id": str(one.opportunity_id), "deal": one.deal, "title": one.title, "author": one.author, "amount": str(one.amount),
        "list_amount": str(one.list_amount), "discount_bp": one.discount_bp, "discount_by": one.discount_by, "complexity": one.complexity,
        "expires_on": one.expires_on.isoformat(), "approved_by": one.approved_by, "approved_at": _when(one.approved_at),
        "approved_number": one.approved_number, "active_minutes": one.active_minutes, "sha256": one.sha256, "version": one.version,
    }  # fmt: skip


def _when(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def document_of(scope: Any, one: Any) -> dict[str, Any]:
    """A proposal as JSON: `remit draft`'s fields beside its own."""
    from remit.domains.proposals import examining, files
    from remit.domains.proposals.model import FINE

    now = clock.now()
    examined = examining.examine(scope, one, now)
    known = {each.fact_id: each for each in one.document.sources}
    claims = [
        {
            "text": said.text, "section": section.title,
            "support": ("supported" if said.fact_ids else "not_a_claim") if said.standing in FINE else "unsupported",
            "standing": said.standing, "reason": said.reason,
            "citations": [
                {"fact_id": each, "source": known[each].name, "locator": known[each].locator, "as_of": known[each].as_of}
                for each in said.fact_ids if each in known
            ],
        }
        for section in examined.sections for said in section.said
    ]  # fmt: skip
    return {
        **_row(one), "draft_id": str(one.id), "kind": "proposal", "subject": one.title, "body": files.as_text(one.document),
        "writer": "library", "lines": output.plain(one.document.lines), "claims": claims,
        "left_out": [{"section": title, "reason": reason} for title, reason in one.document.left_out],
        "checks": [{"id": each.id, "passed": each.passed, "reason": each.reason} for each in examined.checks],
        "sendable": examined.passed and one.state in ("approved", "issued"),
    }  # fmt: skip


def told(document: dict[str, Any]) -> str:
    """The proposal for a person at a terminal."""
    lines = [f"{document['reference']}  {document['state']}  {document['account']}", "", document["body"], ""]
    for claim in document["claims"]:
        if claim["support"] == "unsupported":
            lines.append(f"  unsupported  {claim['text']}  [{claim['reason']}]")
    lines += [f"  left out: {one['section']}: {one['reason']}" for one in document["left_out"]]
    lines += [f"  not passed: {check['reason']}" for check in document["checks"] if not check["passed"]]
    lines.append(
        f"{document['reference']} · {document['amount']} over the term · holds until {document['expires_on']} · {document['complexity']}"
        + (f" · {document['active_minutes']:g} minutes" if document["active_minutes"] is not None else "")
    )
    return "\n".join(lines)

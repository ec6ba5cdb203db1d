"""`remit sign-on`: whether the identity provider answers, and what its groups give."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="Single sign-on: the identity provider and its groups.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Ask the provider for its description and keys, and say what is to be mended."""
    from remit import settings
    from remit.connectors.oidc import check as checking

    found = checking.state(settings.load(), ask=True)
    if found is None:
        raise output.CommandRefused(
            "sign_on_not_set",
            "No identity provider is set: set oidc_issuer, oidc_client_id and oidc_client_secret.",
        )
    if found.problem:
        code = output.UNAVAILABLE if found.unreachable else output.REFUSED
        raise output.CommandRefused("sign_on_unusable", found.problem, exit_code=code)
    told = f"{found.issuer} answers, with {found.keys_count} usable keys; " + (
        "signing out ends its session, too." if found.signs_out else "it offers no signing out."
    )
    output.show({"sign_on": found}, told)


@app.command("groups")
def groups_() -> None:
    """List what the provider's groups give, and groups that people came with and that give nothing."""
    from remit.domains.people import groups
    from remit.policy.model import role_name

    with database():
        scope = acting.scope_or_system()
        found, unmapped = groups.list_groups(scope), groups.list_unmapped(scope)
    headings = ("group", "gives", "sees", "people")
    rows = [
        (
            one.name,
            ", ".join(map(role_name, one.roles)),
            "everything" if one.reach == "all" else ", ".join(one.territories),
            str(one.members_count),
        )
        for one in found
    ]
    rows += [(name, "nothing", "", str(count)) for name, count in unmapped]
    unmapped_shown = [{"name": name, "people": count} for name, count in unmapped]
    output.show({"groups": found, "unmapped": unmapped_shown}, lambda: output.table(headings, rows))


@app.command("map")
def map_(
    group: Annotated[str, typer.Argument(help="The group, as the provider names it.")],
    role: Annotated[
        list[str] | None, typer.Option(help="A role that it gives; none: nothing any more.")
    ] = None,
    territory: Annotated[list[str] | None, typer.Option(help="A territory that it gives.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Its people see all territories.")] = False,
) -> None:
    """Say what a group gives, in place of what it gave; a second person may have to agree."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import Waiting, perform
        from remit.domains.people import groups

        scope = acting.scope()
        before = next((one for one in groups.list_groups(scope) if one.name == group), None)
        reach: Literal["own", "all"] = "all" if everything else "own"
        answer = perform(
            scope,
            groups.MapGroup(
                group=group,
                expected_version=before.version if before else 0,
                roles=tuple(role or ()),
                territories=tuple(territory or ()),
                reach=reach,
            ),
        )
    _told(answer, f"Group {group}: done.", isinstance(answer, Waiting))


def _told(answer: Any, done: str, waits: bool) -> None:
    if waits:
        told = f"{answer.sentence}\nremit --as PERSON approve {answer.suggestion_id} --hash {answer.payload_hash}"
        output.show({"waits": answer}, told)
    else:
        output.show({"action": answer}, done)


@app.command()
def saml(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="The provider's metadata (XML); none: show the provider.", exists=True, dir_okay=False
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What people call the provider.")] = "single sign-on",
    email: Annotated[
        str, typer.Option(help="Attribute with the address; NameID: the name itself.")
    ] = "email",
    called: Annotated[str, typer.Option("--person", help="Attribute with the person's name.")] = "name",
    groups: Annotated[str, typer.Option(help="Attribute with the groups.")] = "groups",
    trusts_email: Annotated[
        bool, typer.Option("--trusts-email", help="The firm alone sets addresses there.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away now, with what it opened.")] = False,
) -> None:
    """Take the word of a provider for SAML, by its metadata (a second person agrees); show the one that is set; or take it away."""
    if file is None:
        return _removed() if remove else _shown()
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import Waiting, perform
        from remit.connectors.saml.metadata import MetadataUnfit, read_provider
        from remit.domains.people import saml as slice_
        from remit.kit import clock

        scope = acting.scope()
        try:
            said = read_provider(file.read_bytes(), clock.now())
        except MetadataUnfit as unfit:
            raise output.CommandRefused(unfit.code, str(unfit)) from None
        before = slice_.find_saml_provider(scope)
        act = slice_.SetSamlProvider(
            expected_version=before.version if before else 0,
            name=name,
            entity_id=said.entity_id,
            sign_on_url=said.sign_on_url,
            logout_url=said.logout_url,
            logout_answer_url=said.logout_answer_url,
            certificates=tuple(one.text for one in said.keys),
            email_attribute=email,
            name_attribute=called,
            groups_attribute=groups,
            trusts_email=trusts_email,
        )
        answer = perform(scope, act)
    _told(answer, f"{said.entity_id}: its word is taken from now on.", isinstance(answer, Waiting))


def _shown() -> None:
    from remit.domains.people.saml import find_saml_provider

    with database():
        found = find_saml_provider(acting.scope_or_system())
    if found is None:
        raise output.CommandRefused("sign_on_not_set", "No identity provider for SAML is set.")
    keys = "\n".join(
        f"key {one.fingerprint}, {one.key}, until {one.valid_until:%Y-%m-%d}" for one in found.keys
    )
    output.show({"saml": found}, f"{found.name}: {found.entity_id}\nsign-on {found.sign_on_url}\n{keys}")


def _removed() -> None:
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import NotFound, perform
        from remit.domains.people.saml import RemoveSamlProvider, find_saml_provider

        scope = acting.scope()
        found = find_saml_provider(scope)
        if found is None:
            raise NotFound("provider")
        _told(perform(scope, RemoveSamlProvider(expected_version=found.version)), "Taken away.", False)

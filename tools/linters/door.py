"""Rules that keep the door the only way to write."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.linters.rule import Rule, Sample, calls, imports, in_source

_DOOR = ("src/remit/actions/", "src/remit/db/")


def _outside_door(path: str) -> bool:
    return in_source(path) and not path.startswith(_DOOR)


def _permits(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for line, module, name in imports(tree):
        if module == "remit.db.sessions" and name in ("write", "write_together", "Permit", "set_viewer"):
            yield line, f"{name} belongs to the door: use remit.actions.perform"
    for call, name in calls(tree):
        if name in ("WriteSession", "Permit"):
            yield call.lineno, f"{name}(…) is made by the door alone"


PERMIT = Rule(
    "write-only-through-the-door",
    "A write session or a permit made elsewhere would change records without policy, approval and audit.",
    _outside_door,
    _permits,
    good=(
        Sample(
            "src/remit/domains/leads/actions.py",
            "from remit.db.sessions import WriteSession\ndef f(tx: WriteSession): ...",
        ),
        Sample("src/remit/actions/perform.py", "from remit.db.sessions import Permit, write"),
    ),
    bad=(
        Sample("src/remit/domains/leads/queries.py", "from remit.db.sessions import write"),
        Sample("src/remit/web/app.py", "import remit.db.sessions as s\ns.Permit(scope, id, now)"),
    ),
)

# Each of these may open a connection of its own, and why.
ENGINE_USERS = {
    "src/remit/identity.py": "reads people before there is a scope",
    "src/remit/actions/perform.py": "several actions in one transaction",
    "src/remit/audit/seal.py": "the sealer works from hashes alone and has no scope",
    "src/remit/worker/durable.py": "the schema of DBOS, which only the owner may create",
    "src/remit/worker/presence.py": "an advisory lock that lives as long as its connection",
    "src/remit/web/health.py": "does everything serve? asked by nobody in particular",
    "src/remit/supervise/first_start.py": "is there anybody yet? asked before there can be a scope",
    "src/remit/supervise/up.py": "does the server answer? asked before anything is started",
}


def _may_not_open(path: str) -> bool:
    return in_source(path) and not path.startswith("src/remit/db/") and path not in ENGINE_USERS


def _engines(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for line, module, name in imports(tree):
        if (module, name) in (("sqlalchemy", "create_engine"), ("psycopg", "connect")):
            yield line, "connections are opened in remit.db only"
    for call, name in calls(tree):
        owner = getattr(call.func.value, "id", "") if isinstance(call.func, ast.Attribute) else ""
        if (owner, name) == ("psycopg", "connect"):
            yield call.lineno, "connections are opened in remit.db only"
        if (owner, name) == ("engines", "engine"):
            yield call.lineno, "use remit.db.sessions.read(scope), or an action"


ENGINE = Rule(
    "no-connection-of-its-own",
    "A connection taken past the sessions has no scope set, or the wrong one.",
    _may_not_open,
    _engines,
    good=(Sample("src/remit/domains/leads/queries.py", "from remit.db.sessions import read"),),
    bad=(
        Sample("src/remit/domains/leads/queries.py", "from remit.db import engines\nengines.engine(role)"),
        Sample("src/remit/web/app.py", "from sqlalchemy import create_engine"),
        Sample("src/remit/bots/slack.py", "import psycopg\npsycopg.connect()"),
    ),
)


def _mints(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for line, module, name in imports(tree):
        if module == "remit.scope" and name.startswith("_"):
            yield line, "scopes are minted by remit.identity alone"
    for call, name in calls(tree):
        if name == "Scope":
            yield call.lineno, "Scope(…) put together by hand: use remit.identity"


MINT = Rule(
    "scopes-come-from-identity",
    "A scope made from anything but a proven identity lets its maker choose who they are.",
    lambda path: in_source(path) and path not in ("src/remit/scope.py", "src/remit/identity.py"),
    _mints,
    good=(Sample("src/remit/cli/draft.py", "from remit.scope import Scope\ndef f(scope: Scope): ..."),),
    bad=(
        Sample("src/remit/agents/research/agent.py", "from remit.scope import _mint"),
        Sample("src/remit/web/api.py", "from remit.scope import Scope\nScope(actor, roles, 'r', 'web')"),
    ),
)

_ENTRY = ("src/remit/web/", "src/remit/cli/", "src/remit/worker/", "src/remit/workflows/", "src/remit/connectors/",
          "src/remit/demo/", "src/remit/domains/", "src/remit/actions/", "src/remit/supervise/", "src/remit/audit/")  # fmt: skip


def _identity_imports(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for line, module, name in imports(tree):
        if module == "remit.identity" and name in ("for_person", "for_agent", "for_service", ""):
            yield line, "only entry points turn an identity into a scope; take `scope` as the first argument"
        if module == "remit" and name == "identity":
            yield line, "only entry points turn an identity into a scope; take `scope` as the first argument"


IDENTITY = Rule(
    "only-entry-points-start-a-scope",
    "A model's or an agent's code that could start a scope could become anybody.",
    lambda path: path.startswith(
        (
            "src/remit/agents/",
            "src/remit/llm/",
            "src/remit/evidence/",
            "src/remit/knowledge/",
            "src/remit/policy/",
            "src/remit/ladder/",
            "src/remit/numeric/",
        )
    ),
    _identity_imports,
    good=(Sample("src/remit/agents/prep/agent.py", "from remit.scope import Scope"),),
    bad=(
        Sample("src/remit/agents/prep/agent.py", "from remit import identity"),
        Sample("src/remit/llm/gateway.py", "from remit.identity import for_person"),
    ),
)


def _handlers_called(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    own = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("handler" in ast.dump(one) for one in node.decorator_list)
    }
    for call, name in calls(tree):
        if name in own and isinstance(call.func, ast.Name):
            yield call.lineno, f"{name} is a handler: perform its action instead of calling it"
    for line, module, name in imports(tree):
        # actions are classes (CamelCase); a handler or a helper of theirs is lower-case
        if module.startswith("remit.domains.") and module.endswith(".actions") and name[:1].islower():
            yield line, f"{name} is inside another module's actions: import the action's class and perform it"


HANDLER = Rule(
    "handlers-are-called-by-the-door",
    "A handler called directly changes records without any of the stages before it.",
    in_source,
    _handlers_called,
    good=(
        Sample("src/remit/web/pages/deal.py", "from remit.domains.opportunities.actions import ChangeStage"),
        Sample("src/remit/domains/a/actions.py", "@handler(X, target=t)\ndef do_x(tx, a, t): ..."),
    ),
    bad=(
        Sample("src/remit/web/pages/deal.py", "from remit.domains.opportunities.actions import change_stage"),
        Sample(
            "src/remit/domains/a/actions.py",
            "@handler(X, target=t)\ndef do_x(tx, a, t): ...\ndef y(tx): do_x(tx, 1, 2)",
        ),
    ),
)


def _foreign_models(path: str) -> str:
    """The slice that a path belongs to, "" for none."""
    parts = path.split("/")
    return parts[3] if path.startswith("src/remit/domains/") and len(parts) > 4 else ""


def _models_at(tree: ast.Module, _code: str, path: str) -> Iterator[tuple[int, str]]:
    for line, module, name in imports(tree):
        parts = module.split(".")
        slice_name = parts[2] if module.startswith("remit.domains.") and len(parts) > 2 else ""
        if slice_name and "models" in (*parts[3:], name) and slice_name != _foreign_models(path):
            yield line, f"the tables of {slice_name} are its own: use its queries"


MODELS = Rule(
    "a-slice-keeps-its-tables",
    "Only frozen dataclasses cross between slices; a table read from outside can never be changed again.",
    in_source,
    _models_at,
    good=(Sample("src/remit/domains/leads/queries.py", "from remit.domains.leads.models import Lead"),),
    bad=(
        Sample("src/remit/domains/leads/queries.py", "from remit.domains.accounts.models import Account"),
        Sample("src/remit/web/pages/a.py", "from remit.domains.accounts import models"),
    ),
)

RULES = (PERMIT, ENGINE, MINT, IDENTITY, HANDLER, MODELS)

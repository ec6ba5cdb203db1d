"""Rules of the house: SQL, time, sizes, first arguments, templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.linters.rule import Rule, Sample, calls, in_source

_RUNS_SQL = {"execute", "rows", "row", "scalar", "text"}


def _is_constant(node: ast.AST) -> bool:
    """A literal, or an upper-case name (a constant of the module)."""
    if isinstance(node, ast.FormattedValue):
        return _is_constant(node.value)
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return isinstance(node, ast.Constant) or (bool(name) and name.isupper())


def _built(node: ast.AST) -> bool:
    """Whether a statement is put together from something that is not constant."""
    if isinstance(node, ast.JoinedStr):
        return not all(_is_constant(part) for part in node.values)
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)


def _sql(tree: ast.Module, code: str, _path: str) -> Iterator[tuple[int, str]]:
    lines = code.splitlines()
    for call, name in calls(tree):
        if "# sql-parts:" in lines[call.lineno - 1]:
            continue  # the comment says where the parts come from; none may be a value
        if (
            name in _RUNS_SQL
            and isinstance(call.func, ast.Attribute | ast.Name)
            and call.args
            and _built(call.args[0])
        ):
            yield call.lineno, "SQL is put together from values: bind them as parameters"


SQL = Rule(
    "parameters-are-bound",
    "A value pasted into SQL is an injection waiting for its input.",
    in_source,
    _sql,
    good=(
        Sample("src/remit/a.py", "s.rows('SELECT 1 WHERE a = :a', {'a': a})"),
        Sample("src/remit/a.py", "s.rows(f'SELECT {COLUMNS} FROM t')"),
    ),
    bad=(
        Sample("src/remit/a.py", "s.rows(f'SELECT * FROM t WHERE a = {a}')"),
        Sample("src/remit/a.py", "s.execute('SELECT %s' % a)"),
    ),
)


def _clock(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for call, name in calls(tree):
        owner = getattr(call.func.value, "id", "") if isinstance(call.func, ast.Attribute) else ""
        if (owner, name) in (
            ("datetime", "now"),
            ("datetime", "utcnow"),
            ("date", "today"),
            ("datetime", "today"),
        ):
            yield call.lineno, "ask remit.kit.clock, so that tests and the demo can set the time"


CLOCK = Rule(
    "one-clock",
    "A second clock makes windows, expiries and records disagree under test and in the demo.",
    lambda path: in_source(path) and path not in ("src/remit/kit/clock.py", "src/remit/audit/verify.py"),
    _clock,
    good=(Sample("src/remit/a.py", "from remit.kit import clock\nclock.now()"),),
    bad=(
        Sample("src/remit/a.py", "from datetime import datetime\ndatetime.now(UTC)"),
        Sample("src/remit/a.py", "date.today()"),
    ),
)

MAX_FILE, MAX_FUNCTION = 500, 60


def _sizes(tree: ast.Module, code: str, _path: str) -> Iterator[tuple[int, str]]:
    if (lines := code.count("\n")) > MAX_FILE:
        yield 1, f"{lines} lines; {MAX_FILE} is the limit: split it by kind of change"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
            if (size := (node.end_lineno or first) - first) > MAX_FUNCTION:
                yield node.lineno, f"{node.name} has {size} lines; {MAX_FUNCTION} is the limit"


SIZES = Rule(
    "small-files-and-functions",
    "The tail of long files is where nobody finds the room for a line.",
    lambda path: path.startswith(("src/", "tests/", "tools/", "benchmarks/")),
    _sizes,
    good=(Sample("src/remit/a.py", "def f(): ...\n"),),
    bad=(
        Sample("src/remit/a.py", "x = 1\n" * 501),
        Sample("src/remit/a.py", "def f():\n" + "    x = 1\n" * 62),
    ),
)

_FIRST = {"scope", "session", "s", "tx"}


def _first_argument(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and re.match(r"(get|find|list|count)_", node.name):
            first = node.args.args[0].arg if node.args.args else ""
            if first not in _FIRST:
                yield (
                    node.lineno,
                    f"{node.name} takes {first or 'nothing'} first; a query takes scope (or the open session)",
                )


SCOPE_FIRST = Rule(
    "scope-comes-first",
    "A query without a scope is a query that nobody is answerable for.",
    lambda path: path.endswith("/queries.py") and in_source(path),
    _first_argument,
    good=(Sample("src/remit/domains/a/queries.py", "def get_a(scope, a_id): ..."),),
    bad=(Sample("src/remit/domains/a/queries.py", "def list_a(limit): ..."),),
)


def _viewer(tree: ast.Module, _code: str, _path: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "set_config('remit.person_id'" in node.value
        ):
            yield node.lineno, "only db/sessions.py names the person that row-level security asks about"


VIEWER = Rule(
    "one-place-names-the-viewer",
    "Whoever sets remit.person_id chooses whose records are seen.",
    lambda path: in_source(path) and path != "src/remit/db/sessions.py",
    _viewer,
    good=(Sample("src/remit/a.py", "read(scope)"),),
    bad=(Sample("src/remit/a.py", "s.execute(\"SELECT set_config('remit.person_id', :p, true)\")"),),
)

RULES = (SQL, CLOCK, SIZES, SCOPE_FIRST, VIEWER)

"""Text from outside reaches no recipient, amount, approval, policy, claim's support or tool: enumerated.

`outside.py` has a line for every action and every entry; `test_outside_attacks.py` plays the attacks through.
"""

from __future__ import annotations

import ast
import importlib
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from remit.actions import registry
from remit.domains.outreach.attaching import Attached
from remit.policy.model import CONTEXT_DEFAULTS, RESOURCE_DEFAULTS
from tests.guard import outside

SOURCE = Path(__file__).resolve().parents[2] / "src" / "remit"
FACES = ("web/", "cli/")
READING = ("kit/", "knowledge/", "connectors/")


@lru_cache(maxsize=1)
def _kinds() -> frozenset[str]:
    import remit.wiring  # noqa: F401 - registers every verb

    for (
        name,
        tree,
    ) in _modules():  # but those of the demo and of commands, which are loaded where they are used
        if any(isinstance(node, ast.Name) and node.id == "handler" for node in ast.walk(tree)):
            importlib.import_module(
                f"remit.{name.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"
            )
    return frozenset(
        kind for kind, verb in registry.verbs().items() if verb.action.__module__.startswith("remit.")
    )


@lru_cache(maxsize=1)
def _modules() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(SOURCE.rglob("*.py"))
    )


# --- the table is whole


def test_every_action_has_a_line() -> None:
    assert set(outside.ACTIONS) == _kinds(), (
        "tests/guard/outside.py: say who fills the new action, and which fields hold outside text"
    )


def test_every_module_that_builds_an_action_below_the_faces_has_a_line() -> None:
    found = {
        name: built for name, tree in _modules() if not name.startswith(FACES) and (built := _built(tree))
    }
    assert found == outside.BUILDERS


def _built(tree: ast.Module) -> set[str]:
    """Kinds that are called, or handed to a call; the module that defines a kind may hand it about (its `handler` does)."""
    kinds, found = _kinds(), set()
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        made = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        found |= {node.id for node in (made, call.func) if isinstance(node, ast.Name) and node.id in kinds}
        found |= {
            node.attr for node in (made, call.func) if isinstance(node, ast.Attribute) and node.attr in kinds
        }
        found |= {node.id for node in call.args if isinstance(node, ast.Name) and node.id in kinds - own}
    return found


def test_every_module_that_reads_outside_text_has_a_line() -> None:
    found = {name for name, tree in _modules() if _reads(tree) and not name.startswith(READING)}
    assert found == set(outside.ENTRIES)


def _reads(tree: ast.Module) -> bool:
    return any(
        name == reader or name.startswith(f"{reader}.")
        for name in _imports(tree)
        for reader in outside.READERS
    )


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


# --- what the lines say holds


def test_readers_build_no_action_and_the_door_reads_no_outside_text() -> None:
    for name, tree in _modules():
        if name.startswith(READING):
            assert not _built(tree), name
        if name.startswith(("actions/", "policy/", "ladder/")):
            assert not _reads(tree), name


def test_what_is_built_after_reading_is_filled_as_its_line_says() -> None:
    for name, built in outside.BUILDERS.items():
        if name in outside.ENTRIES or name.startswith("workflows/receive"):
            # asked for by a person: a draft as it stands (`send_draft`), a promise of a note as they confirmed it
            for kind in built - {"SendEmail", "LogActivity"}:
                assert outside.ACTIONS[kind].by == "outside", (name, kind)


@pytest.mark.parametrize("kind", sorted(outside.ACTIONS))
def test_outside_text_fills_words_only(kind: str) -> None:
    line, fields = outside.ACTIONS[kind], registry.verb(kind).action.model_fields if kind in _kinds() else {}
    assert set(line.words) | set(line.record) <= set(fields), kind
    for name in line.words:
        assert name not in outside.DECIDING or (kind, name) in outside.HARMLESS, (kind, name)
        text = _types(fields[name].annotation) <= {str, type(None)}
        assert text or kind in (
            "AddQuestionnaire",
            "ImportCrm",
            "NoteCrmSync",
            "ProposeAnswers",
            "SaveSummary",
            "TakeCrmPage",
            "WriteAnswers",
        ), (kind, name)
    if line.by == "outside":
        for name, field in fields.items():
            if str in _types(field.annotation):
                assert name in line.words or name in line.record, (
                    f"{kind}.{name} is text: say where it comes from"
                )
            else:
                assert _types(field.annotation) <= CLOSED or name in line.words, (kind, name)


# Attached: ids, hashes and a file name of our own pattern
CLOSED = {Attached, UUID, int, bool, date, datetime, Decimal, bytes, type(None), SecretStr, "one of"}


def _types(annotation: object) -> set[object]:
    """The plain types in an annotation; a choice of fixed words is 'one of'."""
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return {"one of"}
    if origin is typing.Annotated:
        return _types(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType, tuple, list):
        return {each for part in typing.get_args(annotation) if part is not ... for each in _types(part)}
    return {annotation}


def test_each_exception_names_a_test_that_exists() -> None:
    played = (Path(__file__).parent / "test_outside_attacks.py").read_text("utf-8")
    for name in outside.HARMLESS.values():
        assert f"def {name.removeprefix('test_outside_attacks.')}(" in played


def test_nothing_that_is_built_after_reading_lets_anything_leave() -> None:
    makers = {name for name, tree in _modules() if any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Effect" for node in ast.walk(tree))
    }  # fmt: skip
    assert makers == {"domains/outreach/send.py"}
    assert outside.ACTIONS["SendEmail"].by == "person"


def test_a_policy_asks_for_no_text_of_others() -> None:
    """Every text that a policy may look at is an id of ours or one of a fixed list of words."""
    texts = {
        name for name, value in {**RESOURCE_DEFAULTS, **CONTEXT_DEFAULTS}.items() if isinstance(value, str)
    }
    assert texts == {"owner", "segment", "channel", "halt_scope", "oversight", "admits"}


def test_the_warning_decides_nothing() -> None:
    """Who asks the detector only shows what it says, or keeps it with the document as a warning to be shown (`intake`)."""
    users = {
        name for name, tree in _modules() if any(each.startswith("remit.evidence.outside") for each in _imports(tree))
    }  # fmt: skip
    showing = {"web/render.py", "cli/scan.py", "demo/judge.py", "domains/documents/intake.py"}
    assert {name for name in users if not name.startswith("evidence/outside/")} == showing

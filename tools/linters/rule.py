"""What a rule is: a name, why, a check over one parsed file, and lines that must pass and must not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One place that breaks a rule."""

    rule: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Sample:
    """A few lines of code as they would stand in the file `path` (relative to the repository)."""

    path: str
    code: str


@dataclass(frozen=True)
class Rule:
    """`find` takes a module, its text and its path, and yields (line, message); `applies` says which files it looks at."""

    name: str
    why: str
    applies: Callable[[str], bool]
    find: Callable[[ast.Module, str, str], Iterator[tuple[int, str]]]
    good: tuple[Sample, ...] = field(default_factory=tuple)
    bad: tuple[Sample, ...] = field(default_factory=tuple)

    def check(self, path: str, code: str) -> list[Finding]:
        """Findings in one file; none when the rule does not apply to it."""
        if not self.applies(path):
            return []
        return [
            Finding(self.name, path, line, message)
            for line, message in self.find(ast.parse(code), code, path)
        ]


def in_source(path: str) -> bool:
    """The product's own code."""
    return path.startswith("src/remit/")


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of the called name (`engine` for `engines.engine(...)`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield node, name


def imports(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Every imported name as (line, module, name); name is "" for `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.lineno, node.module, alias.name

"""Check every tracked file: `python -m tools.linters`. Exit code 1 when something was found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.linters import door, house, templates
from tools.linters.rule import Finding

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = (*door.RULES, *house.RULES)


def findings() -> Iterator[Finding]:
    """Everything found in the repository's Python files and templates."""
    for folder in ("src", "tests", "tools", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name, code = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
            for rule in RULES:
                yield from rule.check(name, code)
    for path in sorted((ROOT / "src/remit/web/templates").rglob("*.html")):
        for pattern in templates.PATTERNS:
            yield from pattern.check(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


def main() -> int:
    """Print the findings; 1 when there are any."""
    found = list(findings())
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

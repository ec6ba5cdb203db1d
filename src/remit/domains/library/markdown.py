"""Templates as Markdown files with YAML front matter, both ways without loss. Pure."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, Final

import yaml
from pydantic import ValidationError

from remit.domains.library.model import SEQUENCE, Template

_FRONT: Final = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_HEAD: Final = re.compile(r"^## (Plan|Prompt|Tests)[ \t]*$", re.MULTILINE)
_FENCE: Final = re.compile(r"\A```yaml\n(.*?)\n?```\s*\Z", re.DOTALL)
_LEFT_OUT: Final = {"plan", "prompt", "tests"}
MOST: Final = 60_000
"""Characters of a file."""


class TemplateUnreadable(ValueError):
    """A file is no template; the message says what is wrong and where."""

    code = "template_unreadable"


def parse(text: str, name: str = "template") -> Template:
    """The template that a file says. `name` stands in the message. Raises TemplateUnreadable."""
    if len(text) > MOST:
        raise TemplateUnreadable(f"{name}: it has more than {MOST:,} characters")
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    front = _FRONT.match(text)
    if front is None:
        raise TemplateUnreadable(f"{name}: it begins with no front matter between two lines '---'")
    given = _yaml(front.group(1), f"{name}, front matter")
    if not isinstance(given, dict):
        raise TemplateUnreadable(f"{name}: the front matter is no list of names and values")
    sections = _sections(
        text[front.end() :], name, {"Plan"} if given.get("channel") == SEQUENCE else {"Plan", "Prompt"}
    )
    tests = _FENCE.match(sections.get("Tests", "").strip())
    try:
        return Template.model_validate(
            {
                **given, "plan": sections.get("Plan", ""), "prompt": sections.get("Prompt", ""),
                "tests": _yaml(tests.group(1), f"{name}, tests") or [] if tests else [],
            }
        )  # fmt: skip
    except ValidationError as error:
        raise TemplateUnreadable(f"{name}: {_told(error)}") from None


@lru_cache(maxsize=1024)
def stored(source: str, name: str) -> Template:
    """As `parse`, for a text of the database: read once."""
    return parse(source, name)


def render(template: Template) -> str:
    """The file of a template: `parse` gives the same template back."""
    front = template.model_dump(mode="python", exclude=_LEFT_OUT, exclude_defaults=True)
    tests = [one.model_dump(mode="python", exclude_defaults=True) for one in template.tests]
    prompt = f"## Prompt\n\n{template.prompt}\n\n" if template.prompt else ""  # a sequence has none
    return (
        f"---\n{_dumped(front)}---\n\n## Plan\n\n{template.plan}\n\n{prompt}"
        f"## Tests\n\n```yaml\n{_dumped(tests)}```\n"
    )


def _sections(text: str, name: str, needed: set[str]) -> dict[str, str]:
    heads = list(_HEAD.finditer(text))
    found = {}
    for head, after in zip(heads, [*heads[1:], None], strict=False):  # no head: one None too many
        if head.group(1) in found:
            raise TemplateUnreadable(f"{name}: the section {head.group(1)} stands twice")
        found[head.group(1)] = text[head.end() : after.start() if after else None].strip()
    if lost := needed - set(found):
        raise TemplateUnreadable(f"{name}: the section '## {min(lost)}' is missing")
    return found


def _yaml(text: str, where: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TemplateUnreadable(f"{where}: this is no YAML: {' '.join(str(error).split())[:300]}") from None


def _dumped(value: Any) -> str:
    text: str = yaml.dump(
        _plain(value), Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True, width=1000
    )
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, date | int | str | float | bool | None) else str(value)


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}"

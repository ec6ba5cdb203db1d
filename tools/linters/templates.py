"""Rules about templates: text, not Python, so they are patterns over lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.linters.rule import Finding


@dataclass(frozen=True)
class Pattern:
    """A pattern that no template may contain, with lines that must pass and must not."""

    name: str
    why: str
    pattern: re.Pattern[str]
    good: tuple[str, ...]
    bad: tuple[str, ...]

    def check(self, path: str, code: str) -> list[Finding]:
        """Findings in one template."""
        return [
            Finding(self.name, path, number, self.why)
            for number, line in enumerate(code.splitlines(), 1)
            if self.pattern.search(line)
        ]


PATTERNS = (
    Pattern(
        "templates-escape",
        "everything in a page is escaped; build markup in the template, not in Python",
        re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\("),
        ("{{ account.name }}",),
        ("{{ account.name | safe }}", "{% autoescape false %}"),
    ),
    Pattern(
        "no-inline-code",
        "the content security policy refuses inline script and style; use a file in static/",
        re.compile(
            r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|<style\b"
        ),
        ('<script src="/static/remit.js" defer></script>', '<td class="on-time">'),
        ("<script>alert(1)</script>", '<a onclick="go()">', '<p style="color: red">'),
    ),
)

"""Script in every field: fill in each form of each page with hostile text, then look at what the pages make of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{7*7}}${7*7}"
"""What somebody may type. Text that does not show as it reads is refused in a form, so this has none."""
OUTSIDE = f"{HOSTILE}\u202egpj.exe\u2066"
"""What comes by mail or file: nobody is there to be refused, so it is taken in, and must not turn a page round."""
SHOWN = "&lt;script&gt;alert(1)"
"""How a page shows it as text."""
_LEFT_ALONE = ("/sign-out", "/sign-in", "/unsubscribe")


@dataclass
class Form:
    """One POST form: where it goes, its fixed values, and the fields that take text."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, text: str = HOSTILE) -> dict[str, str]:
        """The values with `text` in every field; an address stays one, a day is a day."""
        typed = {"email": "a@b.example", "date": "2030-01-01", "number": "7"}
        told = {"amount": "$250k", "time_zone": "UTC"}
        return self.values | {name: told.get(name) or typed.get(kind, text) for name, kind in self.texts}


class Page(HTMLParser):
    """Forms, links, and every sign that text became markup."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.injected: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("img", "iframe", "object", "embed") or (tag == "script" and not given.get("src")):
            self.injected.append(self.get_starttag_text() or tag)
        if any(name.startswith("on") or name in ("style", "srcdoc") for name in given):
            self.injected.append(self.get_starttag_text() or tag)
        if any(
            given.get(name, "").strip().lower().startswith(("javascript:", "data:text"))
            for name in ("href", "src", "action")
        ):
            self.injected.append(self.get_starttag_text() or tag)
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].partition("#")[0])
        if tag == "form":
            self._form = Form(given.get("action", "")) if given.get("method") == "post" else None
        if self._form is not None:
            self._of_form(self._form, tag, given)

    def _of_form(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in form.values or "selected" in given):
            form.values[self._select] = given.get("value", "")
        elif tag == "textarea" and name:
            form.texts.append((name, "text"))
        elif tag == "input" and kind in ("hidden", "checkbox", "radio"):
            if kind == "hidden" or "checked" in given:
                form.values[name] = given.get("value", "on")
        elif tag == "input" and name and kind not in ("submit", "file"):
            form.texts.append(
                (name, "text" if "mail" not in name else "email") if kind == "text" else (name, kind)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None
        if tag == "select":
            self._select = ""


def walk(person: httpx.Client, most: int = 150) -> Iterator[tuple[str, str, Page]]:
    """(address, text, what was read in it) of every page that can be reached from Today by links, of each kind of address at most two."""
    waiting, seen, kinds = ["/", "/today", "/settings"], set[str](), dict[str, int]()
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path.partition("?")[0])
        if path in seen or kinds.get(kind, 0) >= 2 or path.startswith(_LEFT_ALONE):
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = person.get(path, follow_redirects=True)
        assert answer.status_code < 500, (path, answer.text[-500:])
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = Page(answer.text)
            yield path, answer.text, page
            waiting += page.links


def plant(person: httpx.Client, text: str = HOSTILE, taken: Collection[str] = frozenset()) -> dict[str, int]:
    """Send every form that the person can reach, once for each kind of address; gives the status of each.

    `taken`: kinds that another has filled in already; they are not sent again.
    """
    done: dict[str, int] = {}
    for path, _, page in list(walk(person)):
        for found in sorted(page.forms, key=lambda one: len(one.action)):  # to close a deal comes last
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", found.action)
            if kind in done or kind in taken or not found.texts or found.action.startswith(_LEFT_ALONE):
                continue
            # read again: a form before it may have changed the record's version
            fresh = Page(person.get(path, follow_redirects=True).text).forms
            form = next((one for one in fresh if one.action == found.action), found)
            if form.values.get("scope") == "everything":
                form.values["scope"] = "channel:phone"
            sent = {"data": form.filled(text), "headers": {"Origin": str(person.base_url).rstrip("/")}}
            answer = person.post(form.action, **sent)  # type: ignore[arg-type]
            assert answer.status_code < 500, (path, form.action, answer.text[-800:])
            done[kind] = answer.status_code
    return done

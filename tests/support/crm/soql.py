"""SOQL as Salesforce reads it, as far as we ask: what Salesforce would refuse is refused here, with its code.

Refused: unknown objects and fields, a field twice, AND beside OR without brackets, quotes around instants and numbers, none around
ids and texts, functions, what comes after the end. `@jetstreamapp/soql-parser-js` reads the same questions in `test_soql.py`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d))|(?P<day>\d{4}-\d\d-\d\d)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|'(?P<text>(?:[^'\\]|\\['\"\\nrtbf])*)'|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)|(?P<mark><=|>=|!=|[=<>(),]))"
)
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
# how a literal has to be written for a field of that type
LITERALS = {
    "datetime": {"at"},
    "date": {"day"},
    "boolean": {"name"},
    "int": {"number"},
    "double": {"number"},
    "currency": {"number"},
}
NULL = ("name", "null")


class Refused(Exception):
    """As Salesforce answers: 400 with a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Query:
    """A question that Salesforce would answer."""

    fields: tuple[str, ...]
    object: str
    fits: Callable[[Mapping[str, Any]], bool]
    order: tuple[tuple[str, bool], ...]
    limit: int | None


def parse(text: str, schema: Mapping[str, Mapping[str, str]]) -> Query:
    """Read a query against a schema (object → field → type). Raises Refused."""
    if len(text) > 100_000:
        raise Refused("MALFORMED_QUERY", "SOQL statement is too long")
    return _Parser(text, schema).query()


class _Parser:
    def __init__(self, text: str, schema: Mapping[str, Mapping[str, str]]) -> None:
        self._schema = schema
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            if found is None:
                raise Refused("MALFORMED_QUERY", f"unexpected token: '{text[at : at + 20]}'")
            kind = str(found.lastgroup)
            self._tokens.append((kind, found[kind]))
            at = found.end()
        self._at = 0

    def query(self) -> Query:
        self._word("SELECT")
        fields = [self._name()]
        while self._next_is("mark", ","):
            fields.append(self._name())
        self._word("FROM")
        of = self._name()
        if of not in self._schema:
            raise Refused("INVALID_TYPE", f"sObject type '{of}' is not supported.")
        self._known = self._schema[of]
        for name in fields:
            self._type(name)
        if len({name.lower() for name in fields}) != len(fields):
            raise Refused("INVALID_FIELD", "duplicate field selected")
        fits = self._conditions() if self._maybe("WHERE") else (lambda _record: True)
        order: list[tuple[str, bool]] = []
        if self._maybe("ORDER"):
            self._word("BY")
            order.append(self._ordered())
            while self._next_is("mark", ","):
                order.append(self._ordered())
        limit = int(self._take("number")) if self._maybe("LIMIT") else None
        if self._at != len(self._tokens):
            raise Refused("MALFORMED_QUERY", f"unexpected token: '{self._tokens[self._at][1]}'")
        return Query(tuple(fields), of, fits, tuple(order), limit)

    def _conditions(self) -> Callable[[Mapping[str, Any]], bool]:
        parts, joins = [self._condition()], set()
        while (joined := self._maybe("AND", "OR")) is not None:
            joins.add(joined)
            parts.append(self._condition())
        if len(joins) > 1:
            raise Refused("MALFORMED_QUERY", "unexpected token: AND and OR need parentheses")
        together = any if joins == {"OR"} else all
        return lambda record: together(part(record) for part in parts)

    def _condition(self) -> Callable[[Mapping[str, Any]], bool]:
        if self._next_is("mark", "("):
            inner = self._conditions()
            if not self._next_is("mark", ")"):
                raise Refused("MALFORMED_QUERY", "expecting a right parentheses")
            return inner
        name = self._name()
        kind = self._type(name)
        if self._maybe("IN"):
            values = self._list(name, kind)
            return lambda record: record.get(name) in values
        compare = OPERATORS.get(self._take("mark"))
        if compare is None:
            raise Refused("MALFORMED_QUERY", f"expecting an operator after {name}")
        value = self._literal(name, kind)
        return lambda record: record.get(name) is not None and compare(record[name], value)

    def _list(self, name: str, kind: str) -> set[Any]:
        if not self._next_is("mark", "("):
            raise Refused("MALFORMED_QUERY", "expecting a left parentheses")
        values = {self._literal(name, kind)}
        while self._next_is("mark", ","):
            values.add(self._literal(name, kind))
        if not self._next_is("mark", ")"):
            raise Refused("MALFORMED_QUERY", "expecting a right parentheses")
        return values

    def _literal(self, name: str, kind: str) -> Any:
        if self._at >= len(self._tokens):
            raise Refused("MALFORMED_QUERY", "unexpected end of query")
        written, value = self._tokens[self._at]
        self._at += 1
        if (written, value.lower()) == NULL:
            return None
        if written not in LITERALS.get(kind, {"text"}):
            raise Refused(
                "INVALID_FIELD", f"value of filter criterion for field '{name}' must be of type {kind}"
            )
        if kind == "datetime":
            return value.replace("Z", ".000+0000") if value.endswith("Z") and "." not in value else value
        return (
            value.lower() == "true" if kind == "boolean" else float(value) if written == "number" else value
        )

    def _ordered(self) -> tuple[str, bool]:
        name = self._name()
        self._type(name)
        return name, self._maybe("ASC", "DESC") == "DESC"

    def _type(self, name: str) -> str:
        if name not in self._known:
            raise Refused(
                "INVALID_FIELD",
                f"No such column '{name}' on entity. If you are attempting to use a custom field, append '__c'.",
            )
        return self._known[name]

    def _name(self) -> str:
        return self._take("name")

    def _take(self, kind: str) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] != kind:
            found = self._tokens[self._at][1] if self._at < len(self._tokens) else "<EOF>"
            raise Refused("MALFORMED_QUERY", f"unexpected token: '{found}'")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _word(self, word: str) -> None:
        if self._take("name").upper() != word:
            raise Refused("MALFORMED_QUERY", f"expecting {word}")

    def _maybe(self, *words: str) -> str | None:
        if self._at < len(self._tokens):
            kind, value = self._tokens[self._at]
            if kind == "name" and value.upper() in words:
                self._at += 1
                return value.upper()
        return None

    def _next_is(self, kind: str, value: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (kind, value):
            self._at += 1
            return True
        return False

"""Remove texts of model calls that were kept long enough, through the door."""

from __future__ import annotations

from dbos import DBOS

from remit.actions import perform
from remit.llm.gateway import queries
from remit.llm.gateway.records import ForgetModelContent
from remit.workflows.context import current


@DBOS.workflow(name="forget_model_content")
def forget_model_content() -> int:
    """The durable story: how many texts were due."""
    return _forget()


@DBOS.step(name="forget_model_content_step")
def _forget() -> int:
    scope = current().system
    due = queries.count_old_contents(scope)
    if due:
        perform(scope, ForgetModelContent())
    return due

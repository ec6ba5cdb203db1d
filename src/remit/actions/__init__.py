"""The door: the only way to change the firm's records or to let something leave the building."""

from remit.actions.answers import performed, why_waiting
from remit.actions.each import Faulted, One, perform_each
from remit.actions.errors import Conflict, NotFound, Refused
from remit.actions.model import Action, Change, Check, Effect, Performed, Target, Waiting, attributes_of
from remit.actions.perform import approve, perform, perform_all, propose
from remit.actions.registry import handler
from remit.actions.suggestions import RejectSuggestion

__all__ = [
    "Action",
    "Change",
    "Check",
    "Conflict",
    "Effect",
    "Faulted",
    "NotFound",
    "One",
    "Performed",
    "Refused",
    "RejectSuggestion",
    "Target",
    "Waiting",
    "approve",
    "attributes_of",
    "handler",
    "perform",
    "perform_all",
    "perform_each",
    "performed",
    "propose",
    "why_waiting",
]  # fmt: skip

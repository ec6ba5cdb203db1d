"""What the web layer itself refuses, as exceptions; `errors.py` turns them into answers."""

from __future__ import annotations


class WebProblem(Exception):
    """A refusal with an HTTP status, a stable code and a sentence that says how to mend it."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class BadRequest(WebProblem):
    """The request cannot be read: a value that we did not offer, or characters that no record may hold."""


class SignInNeeded(WebProblem):
    """Nobody is signed in, or the session has ended."""

    status = 401
    code = "sign_in_needed"


class CrossSite(WebProblem):
    """A change was asked for from outside our own pages."""

    status = 403
    code = "cross_site"


class TooLarge(WebProblem):
    """More was sent than this place takes."""

    status = 413
    code = "too_large"


class WrongContentType(WebProblem):
    """The body is not of a type that this place reads."""

    status = 415
    code = "wrong_content_type"


class NotAllowedHere(WebProblem):
    """The page is for other roles. Says no more than that."""

    status = 403
    code = "not_permitted"

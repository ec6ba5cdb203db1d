"""Logs: structured lines on stderr, never a secret and never the content of a message."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

# Names under which a secret or a message's content might be logged by mistake.
HIDDEN = frozenset(
    [
        "password",
        "secret",
        "token",
        "authorization",
        "cookie",
        "api_key",
        "private_key",
        "session_key",
        "smtp_password",
        "body",
        "html",
        "subject",
        "content",
        "message_text",
        "database_url",
    ]
)


def _hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key in event:
        if key.lower() in HIDDEN:
            event[key] = "[hidden]"
    return event


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    shape: Literal["text", "json"] = "text",
    **always: Any,
) -> None:
    """Send structlog and the standard library's logging to stderr; `always` is bound to every line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _hide,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if shape == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=32,
            # the default shows local variables, which hold secrets and content
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # the clients of models write whole requests at debug level, so they never get below warning
    for chatty in (
        "httpx", "httpcore", "httpx2", "httpcore2", "openai", "anthropic", "pydantic_ai", "alembic", "dbos", "asyncio", "uvicorn",
    ):  # fmt: skip
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**always)


def adopt(library: str) -> None:
    """Let a library that writes to the terminal itself speak through our handler, one line a message.

    Some put a whole traceback into the message: dozens a second while a database is away. Its last line says why.
    """
    logger = logging.getLogger(library)
    logger.handlers[:] = []
    logger.propagate = True
    logger.addFilter(_on_one_line)


def _on_one_line(record: logging.LogRecord) -> bool:
    said, traceback, rest = record.getMessage().partition("Traceback (most recent call last):")
    lines = [line.strip() for line in (rest if traceback else "").splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if not line.startswith("(Background on")), "")
    record.msg, record.args = " ".join(f"{said} {reason}".split()), None
    return True

"""Structured logs: one JSON object a line, ids only, never personal data."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer


def _bare(exception: dict[str, Any]) -> str:
    """One exception as its type and the places it went through. Its message may quote a row, a name or a number."""
    places = [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in exception["frames"]]
    return "\n  ".join([str(exception["exc_type"]), *places])


def _bare_chain(exc_info: Any) -> str:
    """The exception and what led to it."""
    return "\n".join(map(_bare, _exceptions(exc_info)))


def _without_tokens(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Every text of the line without the token of a calendar's address: it is a key, whoever logs the path."""
    return {name: _TOKEN.sub(r"\1…", value) if isinstance(value, str) else value for name, value in line.items()}


_TOKEN = re.compile(r"(/feeds/+)[^/\s\"'?]+", re.IGNORECASE)
_exceptions = ExceptionDictTransformer(show_locals=False)
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.ExceptionRenderer(_bare_chain),
    _without_tokens,
]


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING value; every record, ours or a library's, leaves as JSON on standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    json = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
        "foreign_pre_chain": _SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": json},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
        },
    }

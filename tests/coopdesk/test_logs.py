"""Log lines are JSON; an exception is named with its places, never quoted: its message may hold personal data."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from coopdesk.logs import logging_config


def test_an_exception_is_named_and_not_quoted():
    line = _line_of_a_failure()
    assert line["event"] == "message 7 failed"
    kinds = [part for part in line["exception"].splitlines() if not part.startswith(" ")]
    assert kinds == ["ValueError", "KeyError"]
    assert "test_logs.py" in line["exception"]
    assert "张示例" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("logger", ["django.security.csrf", "django.request", "elsewhere"])
@pytest.mark.parametrize("path", ["/feeds/{}/deadlines.ics", "//feeds/{}/x", "/feeds//{}/", "https://a.cn/feeds/{}"])
def test_the_token_of_a_calendar_reaches_no_log(logger, path):
    token = "k3Y_-" * 8
    words = path.format(token)
    record = logging.LogRecord(logger, logging.WARNING, __file__, 1, "Forbidden (%s): %s", ("no cookie", words), None)
    line = _formatter().format(record)
    assert token not in line
    assert "…" in json.loads(line)["event"]


def test_the_line_of_a_request_has_no_token():
    """As our own loggers write it: a field of its own."""
    config = logging_config("INFO")
    [*_first, mask] = config["formatters"]["json"]["foreign_pre_chain"]
    assert mask in structlog.get_config()["processors"]
    assert mask(None, "info", {"path": "//feeds/abc/deadlines.ics", "ms": 1.5}) == {
        "path": "//feeds/…/deadlines.ics",
        "ms": 1.5,
    }


def _formatter() -> structlog.stdlib.ProcessorFormatter:
    wanted = logging_config("INFO")["formatters"]["json"]
    return structlog.stdlib.ProcessorFormatter(**{name: value for name, value in wanted.items() if name != "()"})


def _line_of_a_failure() -> dict[str, str]:
    formatter = _formatter()
    try:
        try:
            raise KeyError("张示例")
        except KeyError as error:
            raise ValueError("DETAIL: Key (name)=(张示例) already exists.") from error
    except ValueError as error:
        trouble = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "message %s failed", (7,), trouble)
    line: dict[str, str] = json.loads(formatter.format(record))
    return line

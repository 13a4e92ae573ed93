"""Log lines are JSON; an exception is named with its places, never quoted: its message may hold personal data."""

from __future__ import annotations

import json
import logging

import structlog

from coopdesk.logs import logging_config


def test_an_exception_is_named_and_not_quoted():
    line = _line_of_a_failure()
    assert line["event"] == "message 7 failed"
    kinds = [part for part in line["exception"].splitlines() if not part.startswith(" ")]
    assert kinds == ["ValueError", "KeyError"]
    assert "test_logs.py" in line["exception"]
    assert "张示例" not in json.dumps(line, ensure_ascii=False)


def _line_of_a_failure() -> dict[str, str]:
    wanted = logging_config("INFO")["formatters"]["json"]
    formatter = structlog.stdlib.ProcessorFormatter(**{name: value for name, value in wanted.items() if name != "()"})
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

"""Reading the law: its lists, and its periods."""

from treaties.queries.lists import (
    GROUPS,
    Content,
    articles_of,
    channels,
    content_names,
    contents_of,
    grounds_of,
    grounds_offered,
    grouped_request_types,
    postponing_grounds,
    refusal_grounds,
    request_types,
    return_reasons,
)
from treaties.queries.periods import Limit, limit, overrides, time_limits, time_limits_for

__all__ = [
    "GROUPS",
    "Content",
    "Limit",
    "articles_of",
    "channels",
    "content_names",
    "contents_of",
    "grounds_of",
    "grounds_offered",
    "grouped_request_types",
    "limit",
    "overrides",
    "postponing_grounds",
    "refusal_grounds",
    "request_types",
    "return_reasons",
    "time_limits",
    "time_limits_for",
]

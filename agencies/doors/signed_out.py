"""Views that answer somebody whose session has ended, so that what he typed is not lost on the way to the log-in page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def answers_signed_out(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the gate pass visitors without a session to this view, which must turn them away itself.

    Everybody with a session meets the gate as usual: a password to change and a second factor come first.
    """
    view.answers_signed_out = True  # type: ignore[attr-defined]
    return view

"""The language of the page, or of whatever is being written."""

from __future__ import annotations

from django.utils.translation import get_language


def english() -> bool:
    """Is English the language in force? Without one it is Chinese, the language of the source strings."""
    return (get_language() or "").startswith("en")

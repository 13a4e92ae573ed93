"""How often a door without a session may be knocked at. Counted in this process: what it saves is this process's work."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 60  # seconds


def too_often(door: str, who: str, most: int) -> bool:
    """Count one more knock of `who` at the door; whether it was one too many within the window."""
    key = f"{door}-{hashlib.sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > most
    except ValueError:  # it has just expired
        return False


def address_of(request: HttpRequest) -> str:
    """Where the request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))

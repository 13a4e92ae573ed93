"""Which version of the law of a request type holds on a day. Everything that reads the law asks here.

Of the versions whose day has come the latest holds: what the ministry wrote last takes the place of all before it from its
day on, also of one that was to hold from a later day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from treaties.models import RequestType, TypeLaw


def laws_on(on: date | None = None) -> QuerySet[TypeLaw]:
    """The version of each type that holds on the day, today without one; narrow it by request type, and do not reorder."""
    begun = Q(effective_from=None) | Q(effective_from__lte=on or timezone.localdate())
    return TypeLaw.objects.filter(begun).order_by("request_type_id", "-number").distinct("request_type_id")


def version_on(kind: RequestType, on: date | None = None) -> TypeLaw | None:
    """The version of the type that holds on the day, with who wrote it; None for a type without law."""
    return laws_on(on).filter(request_type=kind).select_related("entered_by").first()


def law_of(kind: RequestType, on: date | None = None) -> Mapping[str, Any]:
    """What that version says; nothing for a type without law."""
    data: Mapping[str, Any] | None = laws_on(on).filter(request_type=kind).values_list("data", flat=True).first()
    return data or {}


def versions_of(kind: RequestType) -> QuerySet[TypeLaw]:
    """Every version on record, newest first."""
    return TypeLaw.objects.filter(request_type=kind).select_related("entered_by").order_by("-number")

"""Reading the tree. The agencies are public inside the system: no actor is asked for."""

from __future__ import annotations

import unicodedata
from functools import reduce

from django.db.models import Case, Count, Q, QuerySet, Value, When

from agencies.models import Agency, Appointment
from agencies.models.tree import Tier
from agencies.roles import Role

_RANK_OF_TIER = Case(*(When(tier=tier, then=Value(-n)) for n, tier in enumerate(Tier.values)), default=Value(1))


def agency_by_code(code: str) -> Agency | None:
    """The organ with this 12-digit code, or None."""
    return Agency.objects.filter(code=code).first()


def agencies_called(text: str) -> list[Agency]:
    """The active organs with exactly this code or name (several bear one short name); failing them, dissolved ones."""
    named = Q(code=text) | Q(name=text) | Q(alt_name=text) | Q(short_name=text)
    found = list(Agency.objects.filter(named).order_by("-is_active", "code")[:10])
    return [agency for agency in found if agency.is_active] or found


def next_below(agency: Agency) -> QuerySet[Agency]:
    """The active organs whose cases come to `agency` next, and where somebody is in office to take one."""
    desks = Appointment.objects.current().filter(role=Role.DESK)
    below = Agency.objects.filter(route_to=agency, is_active=True, pk__in=desks.values("agency_id"))
    return below.exclude(tier=Tier.MINISTRY).order_by("code")


def route_of(agency: Agency) -> list[Agency]:
    """The route of a case from `agency` (first) to the terminal desk (last), read live."""
    rows = Agency.objects.raw(
        "WITH RECURSIVE r AS (SELECT id, route_to_id, 0 AS n FROM agencies_agency WHERE id = %s"
        " UNION ALL SELECT a.id, a.route_to_id, r.n + 1 FROM agencies_agency a JOIN r ON a.id = r.route_to_id"
        " WHERE r.n < 20) SELECT a.* FROM r JOIN agencies_agency a USING (id) ORDER BY r.n",
        [agency.pk],
    )
    return list(rows)


def ancestors_of(agency: Agency) -> list[Agency]:
    """Everyone above `agency`, the top of the tree first, itself not among them."""
    above = Agency.objects.in_bulk([pk for pk in agency.ancestors if pk != agency.pk])
    return [above[pk] for pk in reversed(agency.ancestors) if pk in above]


def _active() -> QuerySet[Agency]:
    """Active organs; `below` counts the active ones right below each."""
    return Agency.objects.filter(is_active=True).annotate(below=Count("children", filter=Q(children__is_active=True)))


def children_of(agency: Agency) -> QuerySet[Agency]:
    """The active organs right below `agency`, in the order of their codes."""
    return _active().filter(parent=agency).order_by("code")


def heads() -> QuerySet[Agency]:
    """The active organs of the ministry and of the provinces: where browsing begins."""
    return _active().filter(tier__in=[Tier.MINISTRY, Tier.PROVINCE]).order_by("code")


def appointments_at(agency: Agency) -> QuerySet[Appointment]:
    """Who is in office at `agency` now, by role and name; for administrators."""
    posts = Appointment.objects.current().filter(agency=agency)
    return posts.select_related("officer").order_by("role", "officer__name", "pk")


def search_agencies(text: str, limit: int = 20) -> list[Agency]:
    """Active organs whose name, other names, pinyin, initials or code contain every word of `text`, the likeliest first.

    First what is meant exactly, then what begins with the text (as a name, as pinyin, as initials, as a code), then the
    rest; within that ministry before province before city before county.
    """
    terms = unicodedata.normalize("NFKC", text).casefold().split()[:6]
    if not terms:
        return []
    whole = "".join(terms)
    found = reduce(lambda rows, term: rows.filter(search_text__contains=term), terms, _active())
    likeliness = Case(
        When(Q(code=whole) | Q(name=whole) | Q(alt_name=whole) | Q(short_name=whole), then=Value(0)),
        When(Q(search_text__startswith=terms[0]) | Q(search_text__contains=f"\n{terms[0]}"), then=Value(1)),
        default=Value(2),
    )
    return list(
        found.annotate(likeliness=likeliness, height=_RANK_OF_TIER).order_by("likeliness", "height", "code")[:limit]
    )

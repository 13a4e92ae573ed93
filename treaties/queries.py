"""Reading the law's lists: which request types may be chosen, by whom, and which grounds may be named."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treaties.models import Channel, RefusalGround, RequestType, ReturnReason, Strength, TypeLaw, UsedBy

# How request types are grouped on the page: the beginning of the family, and its name.
GROUPS: tuple[tuple[str, Promise], ...] = (
    ("police_cooperation", _("警务合作")),
    ("interpol", _("国际刑警")),
    ("fugitive_handover", _("缉捕与递解")),
    ("border_cooperation", _("边境合作")),
    ("mla_", _("刑事司法协助")),
    ("extradition", _("引渡")),
    ("transfer_sentenced_person", _("移管被判刑人")),
    ("repatriation", _("遣返")),
)


def request_types(direction: str, tier: str = "") -> QuerySet[RequestType]:
    """Types that go in this direction ("outgoing" | "incoming") and, when `tier` is given, may be started there."""
    found = RequestType.objects.filter(direction__in=[direction, "both"])
    return found.filter(opened_by__contains=[tier]) if tier else found


def grouped_request_types(direction: str, tier: str = "") -> list[tuple[Promise, list[RequestType]]]:
    """The same types under the names of their groups, in the order of a picker; empty groups are left out."""
    types = list(request_types(direction, tier))
    groups = [(words, [kind for kind in types if kind.family.startswith(start)]) for start, words in GROUPS]
    return [(words, members) for words, members in groups if members]


def channels() -> QuerySet[Channel]:
    """Every channel, in the order of a picker."""
    return Channel.objects.all()


def return_reasons() -> QuerySet[ReturnReason]:
    """Every reason to return a request for correction, in the order of a picker."""
    return ReturnReason.objects.all()


def refusal_grounds(used_by: UsedBy) -> QuerySet[RefusalGround]:
    """The grounds that our side, or the foreign side, may name."""
    return RefusalGround.objects.filter(Q(used_by=used_by) | Q(used_by=UsedBy.EITHER))


# The laws whose grounds are named, in the order of a picker. Two of them know political offences: each in its own field.
_LAWS: tuple[tuple[str, Promise], ...] = (
    ("MPSR", _("公安机关办理刑事案件程序规定")),
    ("IMLA", _("国际刑事司法协助法")),
    ("EXT", _("引渡法")),
)
# The type whose grounds hold for assistance in general.
_GENERAL = "mla_other"


def grounds_offered(kind: RequestType | None, used_by: UsedBy) -> list[tuple[Promise, list[RefusalGround]]]:
    """The grounds that may be named for a request of this type, by where they come from; what practice knows first.

    The law gives grounds for requests that reach us; the other side's are the same under its own law. So they are those
    of the type's family; where the law has none of its own (police channels), the general ones of assistance.
    """
    cited = _cited(kind.family) if kind else frozenset()
    if not any(law != "MPSR" for law in map(_law_of, cited)):
        cited |= _cited(_GENERAL)
    grounds = list(refusal_grounds(used_by))
    practice = [ground for ground in grounds if not ground.article]
    groups: list[tuple[Promise, list[RefusalGround]]] = [(Strength.PRACTICE.label, practice)]
    groups += [(name, [g for g in grounds if g.article in cited and _law_of(g.article) == law]) for law, name in _LAWS]
    return [(name, members) for name, members in groups if members]


def _law_of(article: str) -> str:
    return article.partition("-")[0]


def _cited(family: str) -> frozenset[str]:
    """The articles on refusal that the law gives for requests of this family that reach us."""
    laws = TypeLaw.objects.filter(request_type__family=family, request_type__direction__in=["incoming", "both"])
    return frozenset(
        ground["cite"] for law in laws for grounds in law.data.get("refusal_grounds", {}).values() for ground in grounds
    )

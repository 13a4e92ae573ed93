"""Reading the law's lists: which request types may be chosen, by whom, and which grounds may be named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.language import english
from treaties.models import Channel, RefusalGround, RequestType, ReturnReason, Strength, TypeLaw, UsedBy
from treaties.type_law import law_of, laws_on

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
_OTHER_LAWS = _("其他法律")
# The type whose grounds hold for assistance in general.
_GENERAL = "mla_other"


def grounds_offered(kind: RequestType | None, used_by: UsedBy) -> list[tuple[Promise, list[RefusalGround]]]:
    """The grounds that may be named for a request of this type, by where they come from; what practice knows first.

    The law gives grounds for requests that reach us; the other side's are the same under its own law. So they are those
    of the type's family; where the law has none of its own (police channels), the general ones of assistance.
    """
    cited = _cited(kind.family) if kind else frozenset()
    if all(_law_of(article) == "MPSR" for article, _key, _strength in cited):
        cited |= _cited(_GENERAL)
    grounds = list(refusal_grounds(used_by).exclude(strength=Strength.POSTPONE))
    practice = [ground for ground in grounds if not ground.article]
    groups: list[tuple[Promise, list[RefusalGround]]] = [(Strength.PRACTICE.label, practice)]
    known = [ground for ground in grounds if (ground.article, ground.key, ground.strength) in cited]
    groups += [(name, [one for one in known if _law_of(one.article) == law]) for law, name in _LAWS]
    others = [one for one in known if _law_of(one.article) not in dict(_LAWS)]
    groups.append((_OTHER_LAWS, others))
    return [(name, members) for name, members in groups if members]


def grounds_of(kind: RequestType | None) -> list[RefusalGround]:
    """Every ground on which we may refuse, or postpone, a request of this type."""
    refusing = [ground for _law, grounds in grounds_offered(kind, UsedBy.OURS) for ground in grounds]
    return [*refusing, *postponing_grounds(kind)]


def postponing_grounds(kind: RequestType | None) -> list[RefusalGround]:
    """The grounds on which a request of this type may wait: extradition has its own (EXT-42), else IMLA-16.2."""
    law = "EXT" if kind is not None and kind.family.startswith("extradition") else "IMLA"
    waiting = refusal_grounds(UsedBy.OURS).filter(strength=Strength.POSTPONE)
    return [ground for ground in waiting if _law_of(ground.article) == law]


@dataclass(frozen=True, slots=True)
class Content:
    """One thing that a request must, should or may say; `level` is the strength of the text (requirements.yaml)."""

    key: str
    zh: str
    en: str
    level: str
    cite: str
    cite_zh: str = ""
    verified: bool = True

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.en if english() and self.en else self.zh


def contents_of(kind: RequestType | None) -> list[Content]:
    """What a request of this type must say; where the law has nothing of its own (police channels), what assistance in
    general asks for, as a reference."""
    if kind is None:
        return []
    own = law_of(kind).get("required_contents", [])
    if own or kind.direction == "outgoing":
        return [_content(row) for row in own]
    general = laws_on().filter(request_type__code=f"{_GENERAL}_in").first()
    rows = general.data.get("required_contents", []) if general else []
    return [_content(row | {"level": "by_reference"}) for row in rows]


def content_names(kind: RequestType | None) -> dict[str, str]:
    """What a request of this type must say or once had to, by its key: what was noted of an old case keeps its name."""
    if kind is None:
        return {}
    of = Q(request_type__code=f"{_GENERAL}_in") | Q(request_type=kind)
    laws = TypeLaw.objects.filter(of).order_by("number").values_list("request_type_id", "data__required_contents")
    ordered = sorted(laws, key=lambda law: law[0] == kind.pk)  # the type's own word comes last and stands
    return {row["key"]: _content(row).name for _type, rows in ordered for row in rows or ()}


def _content(row: Mapping[str, Any]) -> Content:
    return Content(
        key=row["key"],
        zh=row["zh"],
        en=row.get("en", ""),
        level=row.get("level", ""),
        cite=row.get("cite", ""),
        cite_zh=row.get("cite_zh", ""),
        verified=row.get("verified") is None,
    )


def articles_of(kind: RequestType | None) -> dict[str, tuple[str, bool]]:
    """Every article that the law of this type, or that of assistance in general, cites: its name in full, and whether it
    was checked against an official text."""
    of = Q(request_type__code=f"{_GENERAL}_in") | Q(request_type=kind)
    found: dict[str, tuple[str, bool]] = {}
    for law in laws_on().filter(of):
        for entry in entries(law.data):
            name, verified = found.get(entry["cite"], ("", True))
            found[entry["cite"]] = (name or entry.get("cite_zh", ""), verified and entry.get("verified") is None)
    return found


def entries(part: object) -> Iterator[Mapping[str, Any]]:
    """Every part of the law that names an article."""
    if isinstance(part, Mapping):
        if isinstance(part.get("cite"), str):
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from entries(one)


def _law_of(article: str) -> str:
    return article.partition("-")[0]


def _cited(family: str) -> frozenset[tuple[str, str, str]]:
    """The grounds (article, key, strength) that the law gives for requests of this family that reach us."""
    laws = laws_on().filter(request_type__family=family, request_type__direction__in=["incoming", "both"])
    return frozenset(
        (ground["cite"], ground["key"], strength)
        for law in laws
        for strength, grounds in law.data.get("refusal_grounds", {}).items()
        for ground in grounds
    )

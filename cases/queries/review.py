"""What a foreign request is measured against: what it must contain, and on which grounds it may be refused or wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.queries.drafting import STRENGTHS, Requirement, Strength
from treaties.models import RefusalGround, RequestType, UsedBy
from treaties.models import Strength as Grade
from treaties.queries import articles_of, contents_of, grounds_offered, postponing_grounds

# What a ground of the law asks of us. Practice is no law: it has no article, and only names what happens.
GRADES: Mapping[str, Strength] = {
    Grade.MANDATORY: Strength("must", Grade.MANDATORY.label, _("应当拒绝：有这种情形就不能协助")),
    Grade.OPTIONAL: Strength("need", Grade.OPTIONAL.label, _("可以拒绝：由审批人决定")),
    Grade.NO_OBLIGATION: Strength("ref", Grade.NO_OBLIGATION.label, _("不负有义务：可以不办，也可以办")),
    Grade.PRACTICE: Strength("ref", Grade.PRACTICE.label, _("实务情形：法律没有写明，办案中常见")),
    Grade.POSTPONE: Strength("need", Grade.POSTPONE.label, _("可以推迟：情形消失后恢复审查")),
}


@dataclass(frozen=True)
class Ground(Requirement):
    """A ground on which a request is refused or waits; `key` is its code."""

    @property
    def strength(self) -> Strength:
        return GRADES[self.level]


@dataclass(frozen=True, slots=True)
class Measure:
    """The law of one type: contents in its order, grounds of refusal by law, grounds of postponement."""

    contents: Sequence[Requirement]
    refusing: Sequence[tuple[Promise | str, Sequence[Ground]]]
    postponing: Sequence[Ground]


def measure_of(kind: RequestType | None) -> Measure:
    """What a request of this type that reaches us is measured against."""
    articles = articles_of(kind)
    offered = grounds_offered(kind, UsedBy.OURS)
    offered.sort(key=lambda group: not any(ground.article for ground in group[1]))  # the law first, practice last
    contents = [
        Requirement(one.key, one.zh, one.en, one.level if one.level in STRENGTHS else "by_reference", **_source(one))
        for one in contents_of(kind)
    ]
    return Measure(
        contents=contents,
        refusing=[(law, [_ground(one, articles) for one in some]) for law, some in offered],
        postponing=[_ground(one, articles) for one in postponing_grounds(kind)],
    )


def _source(one: Any) -> dict[str, Any]:
    return {"cite": one.cite, "cite_zh": one.cite_zh, "verified": one.verified}


def _ground(ground: RefusalGround, articles: Mapping[str, tuple[str, bool]]) -> Ground:
    name, verified = articles.get(ground.article, ("", True))
    return Ground(
        key=ground.code,
        zh=ground.name_zh,
        en=ground.name_en,
        level=ground.strength,
        cite=ground.article,
        cite_zh=name or ground.article,
        verified=verified,
    )

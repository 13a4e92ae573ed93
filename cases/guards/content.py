"""What a request of ours must say before it is filed, and where a border matter may go (MPSR-376)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from agencies.models import Agency
from agencies.models.tree import Tier
from cases.guards.base import Guard, Values, Words
from cases.models import Case
from countries.models import Country
from treaties.models import Course, RequestType


def _filled(name: str, words: Words) -> Guard:
    def guard(case: Case, _values: Values) -> Iterable[Reason]:
        if not getattr(case, name):
            yield Reason(f"{name}_missing", words, f"/{name}")

    guard.__name__ = f"has_{name}"
    return guard


def has_country_and_type(case: Case, _values: Values) -> Iterable[Reason]:
    if case.country_id is None:
        yield Reason("country_missing", _("选择向哪个国家请求。"), "/country")
    if case.request_type_id is None:
        yield Reason("request_type_missing", _("选择请求类型。"), "/request_type")


def has_subject(case: Case, _values: Values) -> Iterable[Reason]:
    if not case.subjects.exists():
        yield Reason("subject_missing", _("至少写一名涉案人员或一个单位。"), "/subjects")


def has_item(case: Case, _values: Values) -> Iterable[Reason]:
    if not case.items.exists():
        yield Reason("item_missing", _("至少写一项请求事项，一项只写一件事。"), "/items")


def origin_may_open(case: Case, _values: Values) -> Iterable[Reason]:
    """Some requests begin at a certain tier only (an application for extradition at the province: EXT-47)."""
    kind = case.request_type
    if kind is not None and case.origin.tier not in kind.opened_by:
        tiers = "、".join(str(Tier(tier).label) for tier in kind.opened_by)
        words = _("“%(kind)s”由%(tiers)s级公安机关提出；请换一种请求类型，或者请它办理。")
        yield Reason("type_not_opened_here", words % {"kind": kind.name, "tiers": tiers}, "/request_type")


def border_matter_fits(case: Case, _values: Values) -> Iterable[Reason]:
    """What falls outside the border matters is named, and takes the full route (MPSR-376: 其他警务合作由公安部批准)."""
    if not case.at_the_border or case.country is None or case.request_type is None:
        return
    for code, what in outside_the_border(case.origin, case.country, case.request_type):
        yield Reason(code, _("%(what)s请清空边境事项，逐级报送公安部批准。") % {"what": what}, "/border_matter")


def outside_the_border(agency: Agency, country: Country, kind: RequestType) -> Iterable[tuple[str, Words]]:
    """Every part that keeps a border matter from going directly: only a border agency's cooperation with its own
    neighbour, of the type that the four matters belong to, does."""
    if not agency.is_border:
        yield (
            "border_not_border_agency",
            _("%(agency)s不是边境地区的机关，不能直接与邻国合作。") % {"agency": agency.name},
        )
    elif country.code not in agency.border_countries:
        words = _("%(country)s与%(agency)s不接壤，不能直接合作。")
        yield "border_not_neighbour", words % {"country": country.name, "agency": agency.name}
    if kind.course != Course.BORDER:
        yield "border_outside_matters", _("请求类型“%(kind)s”不在边境合作的四类事项之内。") % {"kind": kind.name}


COMPLETE: tuple[Guard, ...] = (
    has_country_and_type,
    _filled("title", _("写明标题。")),
    _filled("summary", _("写明案情。")),
    _filled("purpose", _("写明请求的目的：这些材料用来证明什么。")),
    has_subject,
    has_item,
    origin_may_open,
    border_matter_fits,
)

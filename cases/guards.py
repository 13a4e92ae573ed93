"""Facts of a case that must hold before a step. A guard yields every reason against it, for the user to mend at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from cases.models import Case, Outcome

Words = str | Promise
Values = Mapping[str, Any]
Guard = Callable[[Case, Values], Iterable[Reason]]


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


def items_are_of_the_case(case: Case, values: Values) -> Iterable[Reason]:
    known = {item.pk for item in case.items.all()}
    for index, row in enumerate(values.get("items", ())):
        if row["id"] not in known:
            yield Reason("item_unknown", _("本案没有这一项请求事项，请刷新后重填。"), f"/items/{index}/id")


def final_reply_is_whole(case: Case, values: Values) -> Iterable[Reason]:
    """A final reply leaves no item without an outcome; an interim one brings at least one."""
    given = {row["id"] for row in values.get("items", ())}
    if values.get("kind") == "final":
        for item in case.items.all():
            if item.outcome == Outcome.WAITING and item.pk not in given:
                yield Reason(
                    "item_without_outcome",
                    _("第 %(n)s 项还没有结果，最终答复须逐项写明结果。") % {"n": item.position},
                    "/items",
                )
    elif not given:
        yield Reason("no_outcome", _("阶段答复至少写明一项的结果。"), "/items")


COMPLETE: tuple[Guard, ...] = (
    has_country_and_type,
    _filled("title", _("写明标题。")),
    _filled("summary", _("写明案情。")),
    _filled("purpose", _("写明请求的目的：这些材料用来证明什么。")),
    has_subject,
    has_item,
)

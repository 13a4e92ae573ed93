"""Outcomes and channels: what a reply must say, by which way it may go, and what must have gone before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from agencies.models.tree import Tier
from cases.guards.base import Values
from cases.journey import journey_of
from cases.models import Case, Crossing, Direction, Leg, Outcome, Phase, Status, Urgency, Way
from treaties.models import Channel


def items_are_of_the_case(case: Case, values: Values) -> Iterable[Reason]:
    known = {item.pk for item in case.items.all()}
    for index, row in enumerate(values.get("items", ())):
        if row["id"] not in known:
            yield Reason("item_unknown", _("本案没有这一项请求事项，请刷新后重填。"), f"/items/{index}/id")


def _given(values: Values) -> Mapping[Any, Any]:
    return {row["id"]: row for row in values.get("items", ())}


def without_outcome(case: Case, values: Values) -> Iterable[Reason]:
    """Every item that has no outcome yet and gets none now."""
    given = _given(values)
    for item in case.items.all():
        if item.outcome == Outcome.WAITING and item.pk not in given:
            words = _("第 %(n)s 项还没有结果，请逐项写明结果。")
            yield Reason("item_without_outcome", words % {"n": item.position}, "/items")


def final_reply_is_whole(case: Case, values: Values) -> Iterable[Reason]:
    """A final reply leaves no item without an outcome; an interim one brings at least one."""
    if values.get("kind") == "final":
        yield from without_outcome(case, values)
    elif not _given(values):
        yield Reason("no_outcome", _("阶段答复至少写明一项的结果。"), "/items")


def late_reply_says_something(_case: Case, values: Values) -> Iterable[Reason]:
    if not _given(values):
        yield Reason("no_outcome", _("迟到的答复至少写明一项的结果。"), "/items")


# --- Channels ---------------------------------------------------------------------------------------------------------


def _channel(values: Values) -> Channel:
    return Channel.objects.get(code=values["channel"])


def channel_is_direct(_case: Case, values: Values) -> Iterable[Reason]:
    channel = _channel(values)
    if channel.via:
        words = _("“%(channel)s”要经对外联系机关：请用“转对外联系机关”这一步。")
        yield Reason("channel_goes_via", words % {"channel": channel.name}, "/channel")


# At the border the neighbour's police are met directly, as agreed (MPSR-376); not by way of INTERPOL.
_BORDER_CHANNELS = frozenset({"agreed", "police_liaison"})


def channel_suits_the_border(case: Case, values: Values) -> Iterable[Reason]:
    channel = _channel(values)
    if case.at_the_border and not channel.via and channel.code not in _BORDER_CHANNELS:
        words = _("边境合作直接与邻国警方联系，不走“%(channel)s”；选约定途径或者警务联络官。")
        yield Reason("channel_not_at_the_border", words % {"channel": channel.name}, "/channel")


def channel_goes_via(_case: Case, values: Values) -> Iterable[Reason]:
    channel = _channel(values)
    if not channel.via:
        words = _("“%(channel)s”由本机关直接发出，不经对外联系机关：请用“发出”或“回复外方”这一步。")
        yield Reason("channel_is_direct", words % {"channel": channel.name}, "/channel")


def not_at_the_border(case: Case) -> bool:
    """At the border the neighbour is faced directly, never through a liaison authority (MPSR-376)."""
    return not case.at_the_border


# --- Passing over the city --------------------------------------------------------------------------------------------


def skippable(case: Case, leg: Leg | None) -> bool:
    """May the next agency be passed over: an urgent request of ours, and the next reviewer is a city?"""
    return (
        leg is not None
        and case.direction == Direction.OUTGOING
        and case.urgency != Urgency.NORMAL
        and leg.phase == Phase.REVIEW
        and _next_is_city(case, leg)
    )


def _next_is_city(case: Case, leg: Leg) -> bool:
    journey = journey_of(case, leg)
    if journey.holder is None or (journey.holder == journey.origin and journey.return_to is not None):
        return False
    above = journey.above(journey.holder)
    return above is not None and above.tier == Tier.CITY and journey.above(above) is not None


def may_skip(case: Case, values: Values) -> Iterable[Reason]:
    """Urgent cases may pass over the city, never the province or the ministry (blueprint §4)."""
    if not values.get("skip"):
        return
    leg = case.legs.select_related("agency").filter(closed_at=None).first()
    if case.direction == Direction.INCOMING or leg is None or leg.phase != Phase.REVIEW:
        yield Reason("skip_not_here", _("这一步不能越级，请逐级报送。"), "/skip")
    elif case.urgency == Urgency.NORMAL:
        words = _("普通件不能越级，只有加急、特急件可以。请逐级报送。")
        yield Reason("skip_not_urgent", words, "/skip")
    elif not _next_is_city(case, leg):
        words = _("只能越过市级公安机关，省级公安机关和公安部不能越过。请逐级报送。")
        yield Reason("skip_not_city", words, "/skip")
    if not values.get("reason"):
        yield Reason("skip_without_reason", _("写明越级理由。"), "/reason")


# --- While the request is abroad, and after ---------------------------------------------------------------------------


def chased_before(case: Case, _values: Values) -> Iterable[Reason]:
    if not case.transmissions.filter(kind=Crossing.CHASE).exists():
        words = _("还没有催办记录；请对外的机关先登记催办外方的情况，再按未复办结。")
        yield Reason("not_chased", words, "")


def recall_was_asked(case: Case) -> bool:
    return case.recall_asked_at is not None


def not_yet_asked_back(case: Case) -> bool:
    return case.recall_asked_at is None


def was_unanswered(case: Case) -> bool:
    """Was it closed without an answer to every item?"""
    return case.items.filter(outcome=Outcome.NOT_ANSWERED).exists()


def filing_waits(case: Case) -> bool:
    """Is there a filing of a border matter that the terminal desk has not acknowledged?"""
    if not case.at_the_border or case.status == Status.DRAFT:
        return False
    return case.transmissions.filter(way=Way.UP, receipts=None).exists()

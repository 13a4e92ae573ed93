"""The less usual ways of a request in the demo: abroad and back, at the border, from abroad, and beside custody.

Each ending is a story of a few lines over a Script; where it starts and how long ago its last act was stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coopdesk.demo.script import Script
from coopdesk.demo.world import PLACES, ROADS

_COUNT = 4
_COUNTERPART_UNITS = ("国际合作部门", "外事处", "刑事调查局")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An ending: the status it leaves the case in, the place where it starts ('' for any), the story, and the working
    days since its last act (shortest, longest, usual)."""

    status: str
    story: Callable[[Script, int], None]
    origin: str = ""
    urgency: str = ""
    idle: tuple[float, float, float] = (0.1, 8, 2)
    count: int = _COUNT


# --- Our requests, once they have left --------------------------------------------------------------------------------


def _cleared(script: Script) -> None:
    script.opened(items=2)
    script.submitted()
    script.climbed(len(script.road))


def _sent(script: Script) -> None:
    _cleared(script)
    script.dispatched()
    script.acknowledged()


def _with_liaison(script: Script, turn: int) -> None:
    _cleared(script)
    script.step("guohe.desk", "hand_to_liaison", channel=("moj", "mfa")[turn % 2], opinion="按条约经对外联系机关提出。")


def _sent_by_liaison(script: Script, turn: int) -> None:
    _with_liaison(script, turn)
    script.step("guohe.desk", "liaison_sent", counterpart=script.counterpart(), speed="dispatch")


def _returned_by_liaison(script: Script, turn: int) -> None:
    _with_liaison(script, turn)
    script.step("guohe.desk", "liaison_returned", opinion="请求书译文缺页，退回补齐。")


def _queried(script: Script, turn: int) -> None:
    _sent(script)
    script.step("guohe.desk", "record_query", opinion="请说明所列账户与本案的关系。", speed="interim")
    if turn % 2:
        script.step(f"{script.origin}.officer", "answer_query", opinion="该账户收取涉案资金，流水附后。")


def _query_answered(script: Script, turn: int) -> None:
    _queried(script, 1)
    for place in script.road:
        script.step(f"{place}.chief", "approve", opinion="同意答复。")


def _recall_asked(script: Script, _turn: int) -> None:
    _sent(script)
    script.step(
        f"{script.origin}.chief", "request_recall", opinion="嫌疑人已回国投案，不再需要协助。", speed="withdraw"
    )


def _recalled(script: Script, turn: int) -> None:
    _recall_asked(script, turn)
    script.step("guohe.desk", "record_recall", opinion="外方来电确认不再办理。", speed="dispatch")


def _unanswered(script: Script, _turn: int) -> None:
    _sent(script)
    script.step("guohe.desk", "record_chase", opinion="函催一次，外方未复。", speed="interim")
    script.step("guohe.desk", "record_chase", opinion="约见警务联络官催办。", speed="interim")
    script.step(f"{script.origin}.chief", "close_unanswered", opinion="多次催办未复，另案侦办已取得所需证据。")


def _late(script: Script, turn: int) -> None:
    _unanswered(script, turn)
    items = len(script.content["items"])
    rows = [{"outcome": "executed", "ground": "", "note": "迟到的材料随函附上。"}] * items
    script.step("guohe.desk", "record_late_reply", outcomes=rows, speed="final")


def _skipped(script: Script, turn: int) -> None:
    script.opened(items=2)
    script.submitted()
    script.step(f"{script.origin}.chief", "approve", skip=True, reason="嫌疑人已购票，即将离开第三国。")
    if turn % 2:
        script.step(f"{script.road[1]}.chief", "confirm_skip", answer="已知悉，同意越级报送。")


def _consulted(script: Script, turn: int) -> None:
    _cleared(script)
    others = [PLACES["yunnan" if script.road[0] != "ruili" else "jiangsu"].code]
    script.step(
        "guohe.desk",
        "invite",
        agencies=others,
        bodies=[("immigration", "customs", "procuratorate", "moj")[turn % 4]],
        question="对这件请求有无补充或者不同意见？",
    )
    if turn % 2:
        place = "yunnan" if script.road[0] != "ruili" else "jiangsu"
        script.step(f"{place}.chief", "answer_assignment", answer="无不同意见，辖区另有关联线索，可并案提出。")


# --- The border -------------------------------------------------------------------------------------------------------


def _border_draft(script: Script, turn: int) -> None:
    matter = ("meeting", "movement", "border_control", "intelligence")[turn % 4]
    title, ask = {
        "meeting": ("边境执法会晤", "约定会晤的时间和地点。"),
        "movement": ("边民往来核查", "核查通行证件是否真实。"),
        "border_control": ("边境便道联合管控", "通报巡逻安排。"),
        "intelligence": ("边境情报信息交流", "通报涉赌人员活动情况。"),
    }[matter]
    script.opened_with(
        country="MM",
        request_type="border_area_police_cooperation",
        border_matter=matter,
        title=f"【演示】{title}",
        summary="按照惯例与邻国警方直接开展。",
        purpose="维护边境秩序。",
        items=[{"description": ask}],
    )


def _border_review(script: Script, turn: int) -> None:
    _border_draft(script, turn)
    script.submitted()
    for place in script.road[: turn % 3]:
        script.step(f"{place}.chief", "approve", opinion="同意。")


def _border_cleared(script: Script, turn: int) -> None:
    _border_draft(script, turn)
    script.submitted()
    for place in ("ruili", "dehong", "yunnan"):
        script.step(f"{place}.chief", "approve", opinion="同意，由瑞丽市公安局与对方联系。")
    if turn % 2:
        script.step("guohe.desk", "acknowledge_filing", opinion="备案收悉。")


def _border_sent(script: Script, turn: int) -> None:
    _border_cleared(script, turn)
    script.step("ruili.desk", "dispatch", channel="agreed", counterpart={"name": "缅甸木姐警方", "unit": "联络处"})


def _border_delivered(script: Script, turn: int) -> None:
    _border_sent(script, turn)
    row = {"outcome": "executed", "ground": "", "note": "对方同意。"}
    script.step("ruili.desk", "record_reply", kind="final", outcomes=[row], speed="interim")


def _border_registered(script: Script, turn: int) -> None:
    matter = ("meeting", "intelligence")[turn % 2]
    script.registered(
        country="MM",
        request_type="border_area_police_cooperation",
        border_matter=matter,
        title="【演示】邻国警方请求会晤" if matter == "meeting" else "【演示】邻国警方请求通报情况",
        summary="邻国警方来函，请求按惯例办理。",
        items=[{"description": "商定时间和地点。"}],
        requesting_authority="缅甸木姐警方",
    )


def _border_decided(script: Script, turn: int) -> None:
    _border_registered(script, turn)
    script.step("ruili.desk", "check_form", result="complete")
    script.step("yunnan.chief", "decide", decision="execute", opinion="同意，按惯例办理。")


# --- From abroad ------------------------------------------------------------------------------------------------------


def _registered(script: Script, _turn: int) -> None:
    script.registered()


def _checked(script: Script, turn: int) -> None:
    _registered(script, turn)
    script.step("guohe.desk", "check_form", result="complete", speed="recommend")


def _sent_back(script: Script, turn: int) -> None:
    _registered(script, turn)
    script.step("guohe.desk", "check_form", result="returned", opinion="未附中文译文，也未写明所依据的法律。")


def _awaiting(script: Script, turn: int) -> None:
    _checked(script, turn)
    script.step("guohe.desk", "request_supplement", opinion="请补充案情和涉案账户的开户行。")


def _decided(script: Script, turn: int) -> None:
    _checked(script, turn)
    if turn % 2:
        script.step("guohe.desk", "recommend", opinion="符合双重犯罪要求，建议执行。")
    data: dict[str, Any] = {"decision": "execute", "opinion": "同意执行。"}
    if turn % 2 and len(script.content["items"]) > 1:
        rest = ["execute"] * (len(script.content["items"]) - 1)
        data |= {"decisions": ["refuse", *rest], "grounds": ["no_substantive_connection"]}
        script.refused_items = 1
    if turn % 3 == 0:
        data["conditions"] = ["所提供的材料限于来函所述案件使用。"]
    script.step("guohe.chief", "decide", **data)


def _refused(script: Script, turn: int) -> None:
    _checked(script, turn)
    ground = ("no_dual_criminality", "political_offence", "no_substantive_connection", "other_grounds")[turn % 4]
    script.step("guohe.chief", "decide", decision="refuse", grounds=[ground], opinion="依法拒绝。")


def _postponed(script: Script, turn: int) -> None:
    _checked(script, turn)
    grounds = ["postpone_domestic_case"]
    script.step("guohe.chief", "decide", decision="postpone", grounds=grounds, opinion="我方正在侦办关联案件。")


def _transferred(script: Script, turn: int) -> None:
    _checked(script, turn)
    script.step("guohe.chief", "decide", decision="transfer", opinion="涉及职务犯罪，移送监察机关。")


def _down(turn: int) -> Sequence[str]:
    """The tiers below the desk that a request goes down, by turns."""
    road = ROADS[("kunshan", "ruili", "chaoyang", "suzhou")[turn % 4]]
    return tuple(reversed(road[:-1]))


def _handed_down(script: Script, turn: int, stages: int) -> str:
    """Assigned so many tiers down; gives the place that has it then."""
    holder = "guohe"
    for place in _down(turn)[:stages]:
        script.step(f"{holder}.desk", "assign", agency=PLACES[place].code, speed="relay")
        holder = place
    return holder


def _to_assign(script: Script, turn: int) -> None:
    _decided(script, turn)
    _handed_down(script, turn, turn % 3)


def _executing(script: Script, turn: int) -> str:
    _decided(script, turn)
    holder = _handed_down(script, turn, 9)
    script.step(f"{holder}.desk", "assign", execute_here=True, speed="relay")
    return holder


def _in_execution(script: Script, turn: int) -> None:
    _executing(script, turn)


def _shared(script: Script, turn: int) -> None:
    _decided(script, 0)
    codes = [PLACES["jiangsu"].code, PLACES["yunnan"].code]
    script.step("guohe.desk", "assign", agencies=codes, opinion="分别调取辖区内账户资料。", speed="relay")
    if turn % 2:
        script.step("jiangsu.chief", "answer_assignment", answer="辖区内两个账户的资料已调取。", speed="final")


def _result(script: Script, turn: int) -> str:
    holder = _executing(script, turn)
    rest = len(script.content["items"]) - script.refused_items
    row = {"outcome": "executed", "ground": "", "note": "材料已调取，随结果报送。"}
    outcomes = [None] * script.refused_items + [row] * rest
    script.step(f"{holder}.officer", "submit_result", outcomes=outcomes, speed="final")
    return holder


def _result_review(script: Script, turn: int) -> None:
    holder = _result(script, turn)
    script.step(f"{holder}.chief", "approve", opinion="结果属实。")


def _result_cleared(script: Script, turn: int) -> None:
    holder = _result(script, turn)
    for place in ROADS[holder]:
        script.step(f"{place}.chief", "approve", opinion="同意。")


def _replied(script: Script, turn: int) -> None:
    _result_cleared(script, turn)
    channel = ("police_liaison", "interpol")[turn % 2]
    script.step("guohe.desk", "reply", channel=channel, counterpart=script.counterpart(), speed="dispatch")


def _closed(script: Script, turn: int) -> None:
    _replied(script, turn)
    script.step("guohe.desk", "close", because="acknowledged", speed="record_acknowledgement")


_LONG = (2, 60, 15)
WAYS: dict[str, Way] = {
    "with_liaison": Way(status="with_liaison", story=_with_liaison),
    "sent_by_liaison": Way(status="dispatched", story=_sent_by_liaison, idle=_LONG),
    "returned_by_liaison": Way(status="in_review", story=_returned_by_liaison, count=3),
    "query_open": Way(status="query_open", story=_queried),
    "query_answered": Way(status="dispatched", story=_query_answered, idle=_LONG, count=3),
    "recall_asked": Way(status="dispatched", story=_recall_asked, count=3),
    "recalled": Way(status="withdrawn", story=_recalled, idle=_LONG, count=3),
    "unanswered": Way(status="closed", story=_unanswered, idle=_LONG, count=3),
    "late": Way(status="answered", story=_late, count=3),
    "skipped": Way(status="in_review", story=_skipped, origin="kunshan", urgency="most_urgent", idle=(0.1, 2, 0.5)),
    "consulted": Way(status="cleared", story=_consulted),
    "border_review": Way(status="in_review", story=_border_review, origin="ruili", count=3),
    "border_cleared": Way(status="cleared", story=_border_cleared, origin="ruili", count=3),
    "border_sent": Way(status="dispatched", story=_border_sent, origin="ruili", idle=_LONG, count=3),
    "border_delivered": Way(status="delivered", story=_border_delivered, origin="ruili", count=3),
    "border_registered": Way(status="received", story=_border_registered, origin="ruili", count=3),
    "border_decided": Way(status="to_assign", story=_border_decided, origin="ruili", count=3),
    "received": Way(status="received", story=_registered, origin="guohe"),
    "checked": Way(status="in_review", story=_checked, origin="guohe"),
    "returned_to_requester": Way(status="returned_to_requester", story=_sent_back, origin="guohe", idle=_LONG),
    "awaiting_supplement": Way(status="awaiting_supplement", story=_awaiting, origin="guohe", idle=_LONG),
    "refused": Way(status="refused", story=_refused, origin="guohe", idle=_LONG),
    "postponed": Way(status="postponed", story=_postponed, origin="guohe", idle=_LONG),
    "transferred": Way(status="transferred", story=_transferred, origin="guohe", idle=_LONG),
    "to_assign": Way(status="to_assign", story=_to_assign, origin="guohe"),
    "in_execution": Way(status="in_execution", story=_in_execution, origin="guohe", idle=(0.5, 20, 6)),
    "shared": Way(status="in_execution", story=_shared, origin="guohe", idle=(0.5, 12, 4)),
    "result_review": Way(status="result_review", story=_result_review, origin="guohe"),
    "result_cleared": Way(status="cleared", story=_result_cleared, origin="guohe"),
    "replied": Way(status="replied", story=_replied, origin="guohe", idle=_LONG),
    "reply_closed": Way(status="closed", story=_closed, origin="guohe", idle=_LONG),
}

"""The list of cases, as the page of it shows it: the same query, the same rows, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.actors import Actor
from agencies.language import english
from cases.exports.kinds import Asked, Batch, Column, Kind, Params, Row, agency_at
from cases.models import NO_DUE, Direction, Mark, Phase, Status, Urgency
from cases.policies import visible_to
from cases.queries import choices, queue
from countries.calendars import work_calendar

# The foreign side has it, and no clock of ours runs.
_WITH_THEM = frozenset({Phase.ABROAD, Phase.SUPPLEMENT, Phase.REPLIED})
_VIEWS = (*queue.VIEWS, queue.ALL)


def _read(given: Params) -> dict[str, str]:
    asked = Asked(given)
    asked.one_of("view", _VIEWS)
    asked.one_of("when", (queue.LATE, queue.NEAR, queue.ABROAD))
    asked.one_of("sort", ("due", "filed"))
    asked.one_of("direction", Direction.values)
    asked.one_of("status", Status.values)
    asked.one_of("country", choices.countries())
    asked.one_of("type", choices.request_types())
    asked.one_of("urgency", Urgency.values)
    asked.agency("origin")
    # Only the lists of open cases know the board's terms.
    asked.one_of("board", ("1",) if given.get("view") in (queue.MINE, queue.AGENCY) else ())
    asked.text("q")
    return asked.found()


def _wanted(params: Params) -> queue.Wanted:
    """Everything in sight, newest first, unless a view of the workbench was asked for."""
    view = params.get("view", queue.ALL)
    origin = agency_at(params.get("origin", ""))
    names = ("when", "direction", "status", "country", "type", "urgency", "q", "board")
    plain = {name: params.get(name, "") for name in names}
    sort = "filed" if view == queue.ALL else params.get("sort", "due")
    return queue.Wanted(view=view, sort=sort, origin=origin.pk if origin else 0, **plain)


def _count(actor: Actor, params: Params, at: datetime, limit: int) -> int:
    return queue.keyed(actor, _wanted(params), _now(at))[:limit].count()


def _batches(actor: Actor, params: Params, at: datetime) -> Iterator[Batch]:
    wanted, now, after = _wanted(params), _now(at), None
    while True:
        page = queue.page(actor, wanted, now, after=after)
        marks = dict(visible_to(actor).filter(pk__in=[row["pk"] for row in page.rows]).values_list("pk", "mark"))
        shown = [row for row in page.rows if row["pk"] in marks]
        yield Batch(
            [_row(actor, row, marks[row["pk"]]) for row in shown],
            secret=any(marks[row["pk"]] == Mark.WORK_SECRET for row in shown),
        )
        after = page.after
        if after is None:
            return


def _now(at: datetime) -> queue.Now:
    return queue.moment_of(at, work_calendar())


def _row(actor: Actor, row: Mapping[str, Any], mark: str) -> Row:
    name = "name_en" if english() else "name_zh"
    ours = row["held__agency_id"] is not None and row["held__agency_id"] == actor.agency_id
    due = row["due_at"] if row["due_at"] < NO_DUE and row["held__phase"] not in _WITH_THEM else None
    return (
        row["number"],
        row["title"],
        str(Direction(row["direction"]).label),
        str(Status(row["status"]).label),
        str(Urgency(row["urgency"]).label),
        str(Mark(mark).label),
        row["country__" + name] or "",
        row["request_type__" + name] or "",
        row["origin__name"],
        row["created_at"],
        row["submitted_at"],
        row["held__holder_name"] or "",
        row["held__handler__name"] or "" if ours else "",
        row["held__opened_at"],
        due,
        row["ended_at"],
    )


def _filters(params: Params) -> list[tuple[str, str]]:
    views = {queue.MINE: _("等我处理"), queue.FILED: _("我报送的"), queue.AGENCY: _("本机关在办")}
    times = {queue.LATE: _("已超期"), queue.NEAR: _("2 个工作日内到期"), queue.ABROAD: _("在外方")}
    origin = agency_at(params.get("origin", ""))
    country, kind = (
        offers.get(params.get(name, ""), ("", ""))[1]
        for name, offers in (("country", choices.countries()), ("type", choices.request_types()))
    )
    said = [
        (_("范围"), views.get(params.get("view", ""), _("全部案件"))),
        (_("时限"), times.get(params.get("when", ""), "")),
        (_("方向"), _label(Direction, params.get("direction"))),
        (_("状态"), _label(Status, params.get("status"))),
        (_("国家"), country),
        (_("类型"), kind),
        (_("紧急"), _label(Urgency, params.get("urgency"))),
        (_("报送机关"), origin.name if origin else ""),
        (_("搜索"), params.get("q", "")),
        (_("案件范围"), _("按督办看板的口径") if params.get("board") else ""),
    ]
    return [(label, value) for label, value in said if value]


def _label(words_of: type[Direction] | type[Status] | type[Urgency], code: str | None) -> str:
    return str(words_of(code).label) if code else ""


CASES = Kind(
    code="cases",
    label=gettext_lazy("案件列表"),
    columns=(
        Column(gettext_lazy("编号"), 27, whole=True),
        Column(gettext_lazy("案件名称"), 40),
        Column(gettext_lazy("方向"), 10, printed=False),
        Column(gettext_lazy("状态"), 12),
        Column(gettext_lazy("紧急程度"), 10, printed=False),
        Column(gettext_lazy("密级标志"), 10, printed=False),
        Column(gettext_lazy("国家"), 14),
        Column(gettext_lazy("类型"), 24),
        Column(gettext_lazy("报送机关"), 24),
        Column(gettext_lazy("开案"), 17, printed=False),
        Column(gettext_lazy("报送"), 17),
        Column(gettext_lazy("在谁手里"), 24),
        Column(gettext_lazy("经办人"), 12, printed=False),
        Column(gettext_lazy("到手时间"), 17, printed=False),
        Column(pgettext_lazy("column", "应办结"), 17),
        Column(pgettext_lazy("column", "结束"), 17),
    ),
    read=_read,
    count=_count,
    batches=_batches,
    filters=_filters,
    notes=(
        gettext_lazy("应办结：在办案件最早到期的时限；在外方或者没有时限的空着。"),
        gettext_lazy("经办人：只写案件在本机关时的经办人。"),
    ),
)

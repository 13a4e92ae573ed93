"""The clocks that run in the cases in sight, the earliest due first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from agencies.actors import Actor
from cases.clock_seats import readable
from cases.clocks.kinds import known_kinds
from cases.clocks.states import state_of
from cases.exports.kinds import Asked, Batch, Column, Kind, Params, Row, agency_at
from cases.models import ClockState, Deadline, Mark
from cases.policies import visible_to
from cases.queries import queue
from cases.queries.clock_names import Law, kind_word, laws_of
from countries.calendars import Calendar, work_calendar

_BATCH = 200
_PAUSED = Q(paused_at__isnull=False, paused_at__lte=F("due_at"))  # as cases.clocks.states has it


def _read(given: Params) -> dict[str, str]:
    asked = Asked(given)
    asked.one_of("when", (queue.LATE, queue.NEAR))
    asked.one_of("kind", known_kinds())
    asked.agency("agency")
    return asked.found()


def _wanted(actor: Actor, params: Params, at: datetime) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(readable(actor), case__in=visible_to(actor), met_at=None, cancelled_at=None)
    if when := params.get("when"):
        rows = rows.filter(queue.when(when, queue.moment_of(at, work_calendar())), ~_PAUSED)
    if kind := params.get("kind"):
        rows = rows.filter(kind=kind)
    if agency := agency_at(params.get("agency", "")):
        rows = rows.filter(agency__in=queue.below(agency.pk))
    return rows


def _count(actor: Actor, params: Params, at: datetime, limit: int) -> int:
    return _wanted(actor, params, at)[:limit].count()


def _batches(actor: Actor, params: Params, at: datetime) -> Iterator[Batch]:
    calendar, known = work_calendar(), laws_of()
    rows = _wanted(actor, params, at).select_related("case", "case__origin", "agency").order_by("due_at", "pk")
    found = list(rows[:_BATCH])
    while True:
        secret = any(row.case.mark == Mark.WORK_SECRET for row in found)
        yield Batch([_row(row, at, calendar, known) for row in found], secret=secret)
        if len(found) < _BATCH:
            return
        last = found[-1]
        found = list(rows.filter(TupleGreaterThan((F("due_at"), F("pk")), (last.due_at, last.pk)))[:_BATCH])


def _row(row: Deadline, at: datetime, calendar: Calendar, known: Mapping[str, Law]) -> Row:
    state = state_of(row, at)
    return (
        row.case.number,
        row.case.title,
        kind_word(row.kind, known),
        row.agency.name if row.agency else "",
        known[row.kind].article if row.kind in known else row.article,
        row.started_at,
        row.due_at,
        str(state.label),
        _left(row, at, calendar) if state != ClockState.PAUSED else "",
        _("放假通知未公布，暂定") if row.provisional else "",
        row.case.origin.name,
    )


def _left(row: Deadline, at: datetime, calendar: Calendar) -> str:
    """Working days to the end, or days since the end."""
    if row.due_at < at:
        n = (at - row.due_at) // timedelta(days=1)
        return ngettext("超 %(n)s 天", "超 %(n)s 天", n) % {"n": n}
    n = calendar.working_days_between(at, row.due_at)
    return ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", n) % {"n": n}


def _filters(params: Params) -> list[tuple[str, str]]:
    times = {queue.LATE: _("已超期"), queue.NEAR: _("2 个工作日内到期")}
    agency = agency_at(params.get("agency", ""))
    said = [
        (_("范围"), _("可见案件里在走和暂停的时限")),
        (_("时限"), times.get(params.get("when", ""), "")),
        (_("种类"), kind_word(params["kind"], laws_of()) if "kind" in params else ""),
        (_("承办机关"), agency.name if agency else ""),
    ]
    return [(label, value) for label, value in said if value]


DEADLINES = Kind(
    code="deadlines",
    label=gettext_lazy("时限列表"),
    columns=(
        Column(gettext_lazy("编号"), 27, whole=True),
        Column(gettext_lazy("案件名称"), 40),
        Column(gettext_lazy("时限"), 18),
        Column(gettext_lazy("承办机关"), 24),
        Column(gettext_lazy("依据条款"), 14),
        Column(gettext_lazy("起算自"), 17),
        Column(pgettext_lazy("column", "应办结"), 17),
        Column(gettext_lazy("状态"), 10),
        Column(gettext_lazy("还剩或者超期"), 16),
        Column(gettext_lazy("说明"), 22, printed=False),
        Column(gettext_lazy("报送机关"), 24, printed=False),
    ),
    read=_read,
    count=_count,
    batches=_batches,
    filters=_filters,
    notes=(
        gettext_lazy("还剩：到应办结时间的工作日；超期：应办结时间之后的整天数。暂停的时限不计。"),
        gettext_lazy("依据条款空着的是内部时限，不是法律规定。"),
    ),
)

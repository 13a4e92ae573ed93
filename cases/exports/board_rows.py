"""Every part of the board, each a section of its own, from the same reading as its page and `stats/`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.actors import Actor
from cases.board import access, facts, fold, reading
from cases.board import labels as named
from cases.board.longest import longest_over
from cases.board.numbers import average, steps_of
from cases.exports import board_sections as sections
from cases.exports.kinds import Asked, Batch, Kind, Params, Row, Section, agency_at
from cases.models import Mark, Phase
from cases.policies import visible_to
from cases.queries import choices

_PERIOD = "13"
Part = tuple[Section, list[Row]]


def _read(given: Params) -> dict[str, str]:
    asked = Asked(given)
    asked.agency("agency")
    asked.one_of("period", [str(weeks) for weeks in reading.PERIODS])
    return asked.found()


def _admit(actor: Actor, params: Params) -> None:
    access.board_of(actor, params.get("agency", ""))


def _board(actor: Actor, params: Params) -> reading.Board:
    agency = access.board_of(actor, params.get("agency", ""))
    return reading.read(agency, period=int(params.get("period", _PERIOD)), heats=reading.HEATS)


def _count(actor: Actor, params: Params, at: datetime, limit: int) -> int:
    board = _board(actor, params)
    return sum(len(rows) for _section, rows in _parts(board)) + len(board.longest)


def _batches(actor: Actor, params: Params, at: datetime) -> Iterator[Batch]:
    """One reading for all the figures; the cases that are late longest are read behind their own walls."""
    board = _board(actor, params)
    for section, rows in _parts(board):
        yield Batch(rows, section=section, as_of=board.as_of)
    if board.as_of is not None:
        yield _longest(actor, board, at)


def _parts(board: reading.Board) -> list[Part]:
    if board.as_of is None:
        return [(sections.now(_("数字还在汇总，第一次汇总完成后请重新导出。")), [])]
    whole = board.whole
    return [
        (sections.now(_stopped(board)), _now(whole)),
        (sections.RATES, _rates(whole)),
        _heat(board, facts.LATE),
        _heat(board, facts.FILED),
        (sections.BELOW, _below(board)),
        (sections.STAGES, _stages(whole)),
        (sections.TIERS, _tiers(whole)),
        (sections.HOME_ABROAD, _home_abroad(whole)),
        (sections.SPREAD, _spread(whole)),
        (sections.TYPES, _types(whole)),
        (sections.COUNTRIES, _countries(whole)),
        (sections.WEEKS, _weeks(board)),
    ]


def _stopped(board: reading.Board) -> str:
    if not board.stopped or board.as_of is None:
        return ""
    at = timezone.localtime(board.as_of).strftime("%Y-%m-%d %H:%M")
    return _("统计停了：数字截至 %(at)s，之后的变化都没有算进来。") % {"at": at}


def _now(whole: reading.Figures) -> list[Row]:
    said = {
        fold.OPEN: _("在办"),
        fold.OVERDUE: _("已超期"),
        fold.NEAR: _("2 个工作日内到期"),
        fold.WAITING_ABROAD: _("在外方"),
        fold.CORRECTION: _("待补正"),
    }
    return [(label, whole.standing(measure)) for measure, label in said.items()]


def _rates(whole: reading.Figures) -> list[Row]:
    return [
        (_("报送的案件"), whole.n(facts.FILED), None, None),
        (_("办结的案件，含撤回和不予上报"), whole.n(facts.ENDED), None, None),
        (
            _("一次通过率（我方请求，退回过的不算通过）"),
            whole.amount(facts.FILED),
            whole.n(facts.SENT_BACK),
            whole.first_time_right,
        ),
        *(
            (label, whole.n(measure), whole.amount(measure), whole.in_time(measure))
            for measure, label in (
                (facts.INTERNAL, _("内部时限按期率")),
                (facts.STATUTORY, _("法定期限按期率")),
            )
        ),
    ]


def _heat(board: reading.Board, measure: str) -> Part:
    below, own, whole = board.heat_lines(measure)
    lines = [*((one.name, ns) for one, ns in below if any(ns)), (_own(board), own)]
    steps = steps_of(n for _name, ns in lines for n in ns)
    rows: list[Row] = [(name, *ns, sum(ns)) for name, ns in (*lines, (_whole(board), whole))]
    return sections.heat(measure, board.weeks, steps), rows


def _own(board: reading.Board) -> str:
    return _("%(agency)s 本级") % {"agency": board.agency.name}


def _whole(board: reading.Board) -> str:
    return _("%(agency)s 合计") % {"agency": board.agency.name}


def _below(board: reading.Board) -> list[Row]:
    latest = sorted(board.below, key=lambda row: (-row[1].standing(fold.OVERDUE), -row[1].standing(fold.OPEN)))
    lines = [
        *((one.name, figures) for one, figures in latest),
        (_own(board), board.own),
        (_whole(board), board.whole),
    ]
    return [_line(label, figures) for label, figures in lines]


def _line(name: str, figures: reading.Figures) -> Row:
    home, abroad = figures.spread(facts.HOME), figures.spread(facts.ABROAD)
    return (
        name,
        *(figures.standing(measure) for measure in fold.STANDINGS),
        figures.n(facts.FILED),
        figures.n(facts.ENDED),
        figures.in_time(facts.INTERNAL),
        figures.in_time(facts.STATUTORY),
        figures.first_time_right,
        home.median,
        home.ninth,
        abroad.median,
        abroad.ninth,
    )


def _stages(whole: reading.Figures) -> list[Row]:
    """Only a tier sends back."""
    labels, tiers = named.stages(), named.holders().keys() - {facts.ABROAD}
    return [
        (labels[stage], whole.n(facts.REACHED, stage), whole.n(facts.BACK, stage) if stage in tiers else None)
        for stage in facts.STAGES
    ]


def _tiers(whole: reading.Figures) -> list[Row]:
    return [_days(whole, part, label) for part, label in named.holders().items()]


def _home_abroad(whole: reading.Figures) -> list[Row]:
    return [_days(whole, facts.HOME, _("我方用时")), _days(whole, facts.ABROAD, _("外方用时"))]


def _days(whole: reading.Figures, part: str, label: str) -> Row:
    spread, sums = whole.spread(part), whole.keyed(facts.DAYS + part).values()
    mean = average((sum(n for n, _micros in sums), sum(micros for _n, micros in sums)))
    return (label, spread.n, spread.median, spread.ninth, _tenth(mean))


def _tenth(days: float | None) -> Decimal | None:
    """As the page writes it."""
    return None if days is None else Decimal(f"{days:.1f}")


def _spread(whole: reading.Figures) -> list[Row]:
    return [
        (said, label, n)
        for part, said in ((facts.HOME, _("我方用时")), (facts.ABROAD, _("外方用时")))
        for label, n in whole.spread(part).binned()[0]
    ]


def _types(whole: reading.Figures) -> list[Row]:
    names = {code: str(offer[1]) for code, offer in choices.request_types().items()}
    home, abroad = whole.keyed(facts.TYPE_HOME), whole.keyed(facts.TYPE_ABROAD)
    filed, now = whole.keyed(facts.TYPE), whole.keyed_now(fold.BY_TYPE)
    rows: list[Row] = [
        (
            names.get(code, code),
            *now.get(code, (0, 0)),
            filed.get(code, (0, 0))[0],
            home.get(code, (0, 0))[0],
            _tenth(average(home.get(code))),
            abroad.get(code, (0, 0))[0],
            _tenth(average(abroad.get(code))),
        )
        for code in home.keys() | abroad.keys() | filed.keys() | now.keys()
    ]
    return _most_open_first(rows)


def _countries(whole: reading.Figures) -> list[Row]:
    names = {code: str(offer[1]) for code, offer in choices.countries().items()}
    filed, now = whole.keyed(facts.COUNTRY), whole.keyed_now(fold.BY_COUNTRY)
    rows: list[Row] = [
        (names.get(code, code) or "—", *now.get(code, (0, 0)), filed.get(code, (0, 0))[0])
        for code in filed.keys() | now.keys()
    ]
    return _most_open_first(rows)


def _most_open_first(rows: list[Row]) -> list[Row]:
    """By what is open, then what was filed, then the name."""
    return sorted(rows, key=lambda row: (-int(str(row[1])), -int(str(row[3])), str(row[0])))


def _weeks(board: reading.Board) -> list[Row]:
    rows: list[Row] = []
    for week in board.weeks:
        ended, late = board.trend.get((facts.INTERNAL, week), (0, 0))
        rows.append(
            (
                week,
                board.trend.get((facts.FILED, week), (0, 0))[0],
                board.trend.get((facts.ENDED, week), (0, 0))[0],
                board.heats[facts.LATE].get((board.agency.pk, week), 0),
                ended,
                late,
                (ended - late) / ended if ended else None,
            )
        )
    return rows


def _longest(actor: Actor, board: reading.Board, at: datetime) -> Batch:
    found = longest_over(actor, board.longest, at)
    rows: list[Row] = [
        (
            late.row["number"],
            late.row["title"],
            late.row["origin__name"],
            late.row["held__holder_name"] or "",
            str(Phase(late.row["held__phase"]).label) if late.row["held__phase"] else "",
            late.due_at,
            (late.now - late.due_at).days,
            late.orders,
            late.reminders,
        )
        for late in found
    ]
    # Made secret since the fold: then it is in the list of who sees secrets, and marks the file.
    secret = visible_to(actor).filter(pk__in=[late.row["pk"] for late in found], mark=Mark.WORK_SECRET).exists()
    return Batch(rows, secret=secret, section=sections.LONGEST)


def _filters(params: Params) -> list[tuple[str, str]]:
    agency, weeks = agency_at(params.get("agency", "")), int(params.get("period", _PERIOD))
    said = [
        (_("机关"), agency.name if agency else _("本机关及所属")),
        (_("时段"), ngettext("近 %(n)s 周", "近 %(n)s 周", weeks) % {"n": weeks}),
    ]
    return [(label, value) for label, value in said if value]


BOARD = Kind(
    code="board",
    label=gettext_lazy("督办看板"),
    read=_read,
    admit=_admit,
    count=_count,
    batches=_batches,
    filters=_filters,
    notes=(
        gettext_lazy("这个机关及所属报送、登记的案件；没有报送过的草稿不算，工作秘密不算。"),
        gettext_lazy(
            "按期率和热力图的时限算在应当办理的机关名下，不论案件是谁报送的；督办、会办、补办和分办的时限不算，撤销和暂停的不算。"
            "超期和临期的案件按案件本身最早的一个时限算，法定期限也在内；在外方的不算。"
        ),
        gettext_lazy(
            "在办、超期、临期、在外方、待补正是现在的，其余是这段时间的，从周一起算，含本周；热力图和每周是近 26 周的。"
        ),
        gettext_lazy(
            "满 24 小时为 1 日。我方用时从起草到办结，不含在外方、在其他中央机关和办结后的时间；外方用时单列，两者不相加。"
        ),
    ),
)

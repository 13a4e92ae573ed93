"""The board agency by agency, from the same figures as its page: those right below, the agency's own, and the whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from agencies.actors import Actor
from cases.board import access, facts, fold, reading
from cases.exports.kinds import Asked, Batch, Column, Kind, Params, Row, agency_at

_PERIOD = "13"


def _read(given: Params) -> dict[str, str]:
    asked = Asked(given)
    asked.agency("agency")
    asked.one_of("period", [str(weeks) for weeks in reading.PERIODS])
    return asked.found()


def _admit(actor: Actor, params: Params) -> None:
    access.board_of(actor, params.get("agency", ""))


def _board(actor: Actor, params: Params) -> reading.Board:
    return reading.read(access.board_of(actor, params.get("agency", "")), period=int(params.get("period", _PERIOD)))


def _count(actor: Actor, params: Params, at: datetime, limit: int) -> int:
    return len(_rows(_board(actor, params)))


def _batches(actor: Actor, params: Params, at: datetime) -> Iterator[Batch]:
    yield Batch(_rows(_board(actor, params)))


def _rows(board: reading.Board) -> list[Row]:
    if board.as_of is None:  # nothing has been folded yet
        return []
    latest = sorted(board.below, key=lambda row: (-row[1].standing(fold.OVERDUE), -row[1].standing(fold.OPEN)))
    name = board.agency.name
    own = _("%(agency)s 本级") % {"agency": name}
    whole = _("%(agency)s 合计") % {"agency": name}
    lines = [*((one.name, figures) for one, figures in latest), (own, board.own), (whole, board.whole)]
    return [_row(label, figures, board.as_of) for label, figures in lines]


def _row(name: str, figures: reading.Figures, as_of: datetime) -> Row:
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
        as_of,
    )


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
    columns=(
        Column(gettext_lazy("机关"), 30),
        Column(gettext_lazy("在办"), 9),
        Column(gettext_lazy("超期"), 9),
        Column(gettext_lazy("临期"), 9),
        Column(gettext_lazy("在外方"), 9),
        Column(gettext_lazy("待补正"), 9),
        Column(pgettext_lazy("count", "报送"), 9),
        Column(pgettext_lazy("count", "办结"), 9),
        Column(gettext_lazy("内部时限按期率"), 16),
        Column(gettext_lazy("法定期限按期率"), 16),
        Column(gettext_lazy("一次通过率"), 12),
        Column(gettext_lazy("我方中位日"), 12),
        Column(gettext_lazy("我方九成日内"), 14),
        Column(gettext_lazy("外方中位日"), 12),
        Column(gettext_lazy("外方九成日内"), 14),
        Column(gettext_lazy("数字截至"), 17),
    ),
    read=_read,
    admit=_admit,
    count=_count,
    batches=_batches,
    filters=_filters,
    notes=(
        gettext_lazy("这个机关及所属报送、登记的案件；没有报送过的草稿不算，工作秘密不算。"),
        gettext_lazy("在办、超期、临期、在外方、待补正是现在的，其余是这段时间的；各行相加等于合计。"),
        gettext_lazy("满 24 小时为 1 日；我方与外方用时分列，不相加。"),
    ),
)

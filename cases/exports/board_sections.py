"""The sections of an exported board: heads, widths, and what their numbers mean. A name is short enough for a sheet's tab."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.board import facts
from cases.exports.kinds import Column, Section


def now(note: str = "") -> Section:
    """What is so now."""
    columns = (Column(gettext_lazy("项目"), 24), Column(gettext_lazy("件数"), 12))
    return Section(gettext_lazy("当前情况"), columns, note)


RATES = Section(
    gettext_lazy("按期与质量"),
    (
        Column(gettext_lazy("项目"), 46),
        Column(gettext_lazy("总数"), 12),
        Column(gettext_lazy("其中退回过或超期"), 20),
        Column(pgettext_lazy("share", "比率"), 12),
    ),
    gettext_lazy("内部时限与法定期限数的是到头的时限，等外方的不算；两种不相加。一次通过率只看我方请求。"),
)


def heat(measure: str, weeks: Sequence[date], steps: Sequence[int]) -> Section:
    """Agency by week, a column for each Monday."""
    late = measure == facts.LATE
    words = (
        _("到期没有办完的内部时限，在到期那一周记一次，算在应当办理的机关名下；后来办完的和现在还没办完的都算。")
        if late
        else _("报送那一周记一次，算在报送机关名下。")
    )
    columns = (
        Column(gettext_lazy("机关"), 30),
        *(Column(f"{week.month}/{week.day}", 6) for week in weeks),
        Column(gettext_lazy("合计"), 8),
    )
    return Section(_("超期，按机关和周") if late else _("报送，按机关和周"), columns, words, steps)


BELOW = Section(
    gettext_lazy("各机关"),
    (
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
    ),
    gettext_lazy("各行相加等于合计。中位日和九成日不能相加。"),
)
STAGES = Section(
    gettext_lazy("走到哪一级，在哪一级退回"),
    (
        Column(gettext_lazy("环节"), 24),
        Column(gettext_lazy("到过"), 12),
        Column(gettext_lazy("退回过"), 12),
    ),
    gettext_lazy("这段时间报送的我方请求，至今到过哪些环节；从区县直报的不经过市级。"),
)
_SPENT = (
    Column(gettext_lazy("件数"), 12),
    Column(gettext_lazy("中位日"), 12),
    Column(gettext_lazy("九成日内"), 12),
    Column(gettext_lazy("平均日数"), 12),
)
TIERS = Section(
    gettext_lazy("各级用时"),
    (Column(gettext_lazy("级别"), 24), *_SPENT),
    gettext_lazy("这段时间办结的案件在每一级一共停留的满日数；没有经过那一级的不算。外方单列。"),
)
HOME_ABROAD = Section(
    gettext_lazy("我方用时与外方用时"),
    (Column(gettext_lazy("项目"), 24), *_SPENT),
    gettext_lazy("这段时间办结的案件；两者分列，不相加。"),
)
SPREAD = Section(
    gettext_lazy("用时的分布"),
    (
        Column(gettext_lazy("项目"), 24),
        Column(gettext_lazy("满日数"), 12),
        Column(gettext_lazy("件数"), 12),
    ),
    gettext_lazy("这段时间办结的案件。"),
)
TYPES = Section(
    gettext_lazy("按类型"),
    (
        Column(gettext_lazy("请求类型"), 40),
        Column(gettext_lazy("在办"), 9),
        Column(gettext_lazy("超期"), 9),
        Column(pgettext_lazy("count", "报送"), 9),
        Column(pgettext_lazy("count", "办结"), 9),
        Column(gettext_lazy("我方平均日数"), 16),
        Column(gettext_lazy("到过外方的件数"), 16),
        Column(gettext_lazy("外方平均日数"), 16),
    ),
    gettext_lazy("平均日数按这段时间办结的案件；在办和超期是现在的。"),
)
COUNTRIES = Section(
    gettext_lazy("按国家"),
    (
        Column(gettext_lazy("国家"), 24),
        Column(gettext_lazy("在办"), 9),
        Column(gettext_lazy("超期"), 9),
        Column(pgettext_lazy("count", "报送"), 9),
    ),
    gettext_lazy("在办和超期是现在的，报送是这段时间的。"),
)
WEEKS = Section(
    gettext_lazy("每周报送与办结"),
    (
        Column(gettext_lazy("从周一"), 14),
        Column(pgettext_lazy("count", "报送"), 9),
        Column(pgettext_lazy("count", "办结"), 9),
        Column(gettext_lazy("超期的环节"), 14),
        Column(gettext_lazy("到头的内部时限"), 18),
        Column(gettext_lazy("其中超期"), 12),
        Column(gettext_lazy("内部时限按期率"), 18),
    ),
    gettext_lazy("近 26 周，最后一周还没有过完。"),
)
LONGEST = Section(
    gettext_lazy("超期最久"),
    (
        Column(gettext_lazy("编号"), 27, whole=True),
        Column(gettext_lazy("案件名称"), 40),
        Column(gettext_lazy("报送机关"), 24),
        Column(gettext_lazy("现由谁办"), 24),
        Column(gettext_lazy("环节"), 14),
        Column(pgettext_lazy("column", "应办结"), 17),
        Column(gettext_lazy("超期日数"), 10),
        Column(gettext_lazy("督办次数"), 10),
        Column(gettext_lazy("催办次数"), 10),
    ),
    gettext_lazy("在我方手里已过最早一个时限的案件，过得最久的十件；在外方的不算。督办和催办按导出时的次数。"),
)

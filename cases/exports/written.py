"""What a file says about itself: the mark, what is in it, who had it made, when and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.exports.kinds import Kind
from cases.models import Export, Mark

Line = tuple[str, str | int | datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`line` is one line for the foot of every page; `lines` are the whole story."""

    mark: str
    heading: str
    line: str
    lines: Sequence[Line]


def about(job: Export, kind: Kind, at: datetime, *, rows: int, secret: bool) -> About:
    """As of the moment at which the run began, or that of its figures. The file bears the highest mark of what is in it, 内部 at least."""
    mark = str((Mark.WORK_SECRET if secret else Mark.INTERNAL).label)
    role = _("%(agency)s %(role)s") % {"agency": job.agency.name, "role": job.appointment.get_role_display()}
    who = f"{job.officer.name} {job.officer.police_number}"
    if job.for_officer is not None:
        who = _("%(who)s（代 %(lender)s）") % {"who": who, "lender": job.for_officer.name}
    moment = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    lines: list[Line] = [
        (_("内容"), str(kind.label)),
        (_("密级标志"), mark),
        *kind.filters(job.params),
        (_("截至"), at),
        (_("行数"), rows),
        (_("导出人"), who),
        (_("身份"), role),
        (_("口径"), _("只含导出人以这一身份看得到的内容；时间为北京时间。")),
        *((_("说明"), str(words)) for words in kind.notes),
    ]
    said = _("%(role)s %(who)s，截至 %(at)s") % {"role": role, "who": who, "at": moment}
    return About(mark=mark, heading=str(kind.label), line=said, lines=lines)

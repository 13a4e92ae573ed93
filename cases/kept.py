"""An archived case is read-only, whatever the door; a disposed one has no content left."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.errors import WrongStatus
from cases.models import Case


class Archived(WrongStatus):
    """409: what is asked for would change an archived case."""

    code = "archived"


def require_live(case: Case) -> None:
    """Refuse what would change an archived case, with what to do instead."""
    if case.disposed_at is not None:
        raise Archived(_("案件已按期销毁，只留编号、环节和记录，不能再办。"), status=case.status)
    if case.archived_at is not None:
        words = _("案件已归档，只能查看。要再办，先由%(origin)s的审批人取消归档。")
        raise Archived(words % {"origin": case.origin.name}, status=case.status)


def require_content(case: Case) -> None:
    """Refuse what needs the content of a case that has none any more."""
    if case.disposed_at is not None:
        raise Archived(_("案件内容已按期销毁，没有可以用的内容。"), status=case.status)

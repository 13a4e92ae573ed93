"""What a clock is called, where its case's page is not at hand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import AssignmentKind, ClockKind, Deadline, Phase

_LABELS = {value: label for words in (Phase, AssignmentKind, ClockKind) for value, label in words.choices}


def clock_name(deadline: Deadline) -> str:
    """The words for what the clock measures; a limit that a text gives is named by its article."""
    if deadline.kind in _LABELS:
        return str(_LABELS[deadline.kind])
    return _("法定期限 %(article)s") % {"article": deadline.article or deadline.kind}

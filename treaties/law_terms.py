"""The words in which seeds/requirements.yaml, and the versions written after it, put units, confidence and strength."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treaties.models import Confidence, Strength, Unit

UNITS: Mapping[str, Unit] = {
    "hour": Unit.HOUR,
    "day": Unit.CALENDAR_DAY,
    "month": Unit.MONTH,
    "year": Unit.YEAR,
}
# By the line's `verified`; without one it was checked against the official text.
CONFIDENCE: Mapping[object, Confidence] = {
    None: Confidence.OFFICIAL,
    "secondary": Confidence.SECONDARY,
    False: Confidence.UNVERIFIED,
}
# How strongly the law wants a content or an attachment.
LEVELS: Mapping[str, Promise] = {
    "mandatory": _("应当"),
    "as_needed": _("视情"),
    "by_reference": _("参照"),
}
# The three strengths of a ground of refusal, which are never mixed.
GROUNDS: tuple[Strength, ...] = (Strength.MANDATORY, Strength.OPTIONAL, Strength.NO_OBLIGATION)
# Under what condition a line is wanted.
CONDITIONS: Mapping[str, Promise] = {
    "for_prosecution": _("为了追诉"),
    "for_enforcement": _("为了执行刑罚"),
    "for_enforcement_partly_served": _("刑罚已执行一部分的"),
    "if_held": _("持有的"),
    "judgment_in_absentia": _("缺席判决的"),
    "no_treaty": _("没有条约的"),
    "no_treaty_or_treaty_silent": _("没有条约或者条约没有规定的"),
    "by reference (IMLA-62)": _("参照第六十二条"),
    "as needed (IMLA-57)": _("按第五十七条的需要"),
}

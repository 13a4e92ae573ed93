"""What the families of requests are called. The words are the law's, as the request types have them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.language import english

FAMILIES: dict[str, str | Promise] = {
    "police_cooperation": _("警务合作"),
    "interpol": _("国际刑警"),
    "fugitive_handover": _("缉捕与递解"),
    "border_cooperation": _("边境合作"),
    "mla_service": _("送达文书"),
    "mla_evidence": _("调查取证"),
    "mla_witness": _("证人作证"),
    "mla_detained_witness": _("在押人员作证"),
    "mla_freeze": _("查封、扣押、冻结"),
    "mla_confiscation": _("没收违法所得"),
    "mla_asset_return": _("返还涉案财物"),
    "mla_followup": _("将证据用于其他目的"),
    "mla_other": _("其他司法协助"),
    "extradition": _("引渡"),
    "transfer_sentenced_person": _("移管被判刑人"),
    "repatriation": _("遣返"),
}
_ASSISTANCE = frozenset(name for name in FAMILIES if name.startswith("mla_"))


def family_name(code: str) -> str:
    """What requests of a family are called; a code that is not known stands for itself."""
    return str(FAMILIES.get(code, code))


def covered(families: Iterable[str]) -> str:
    """`引渡、没收违法所得`; all kinds of assistance are one word."""
    held = set(families)
    whole = held >= _ASSISTANCE
    names = [str(words) for name, words in FAMILIES.items() if name in held and not (whole and name in _ASSISTANCE)]
    if whole:
        names.insert(0, str(_("刑事司法协助")))
    return (", " if english() else "、").join(names)

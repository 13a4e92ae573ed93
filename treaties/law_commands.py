"""The ministry keeps the law of a request type: a new version, line by line, from a day on. What stood before stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies import audit, turns
from agencies.actors import Actor
from agencies.errors import GuardFailed, Malformed, NotVisible, Reason, StaleVersion
from agencies.moments import clock
from agencies.plain_text import fits, storable
from countries.calendars import day_of
from treaties.article_names import article_names
from treaties.law_lines import NewLine, lines_by_key, with_lines
from treaties.models import RefusalGround, RequestType, TypeLaw, UsedBy
from treaties.policies import require_desk
from treaties.type_law import version_on, versions_of

SOURCE_LIMIT, REMARK_LIMIT = 500, 500
LAST_DAY = date(2100, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLaw:
    """A version as it is to be. `base`: the number of the version whose lines were edited; `seen`: the latest number that
    the page knew of. Lines of the base that are not named stay as they are."""

    kind: RequestType
    base: int
    seen: int
    effective_from: date
    source: str
    remark: str = ""
    lines: Sequence[NewLine] = ()


def drafted(actor: Actor, new: NewLaw) -> TypeLaw:
    """The version as it would be saved, checked whole.

    Raises NotPermitted (only the ministry's desk and approvers), NotVisible for an unknown base, StaleVersion when somebody
    has saved a version since the page was opened, Malformed for what is wrong, GuardFailed when nothing would change.
    """
    require_desk(actor)
    base = versions_of(new.kind).filter(number=new.base).first()
    if base is None:
        raise NotVisible
    latest = _latest(new.kind)
    if latest != new.seen:
        words = _("第 %(n)s 版刚刚由别人保存，你写的还没有保存。看过它改了什么，再决定要不要接着保存。")
        raise StaleVersion(words % {"n": latest})
    held = lines_by_key(base.data)
    source = " ".join(new.source.split())
    names = article_names()
    faults = [*_faults(new, source), *(fault for line in new.lines for fault in line.faults(held, names))]
    if faults:
        raise Malformed(reasons=faults)
    data = with_lines(deepcopy(base.data), new.lines, source=source, number=latest + 1, names=names)
    if not data["legal_basis"]:
        place = next(line.place for line in new.lines if line.section == "legal_basis")
        raise Malformed(reasons=[Reason("no_basis", _("至少留一条依据，请求总要有法律依据。"), f"{place}/gone")])
    if data == base.data and base.number == latest:
        raise GuardFailed(_("没有保存。"), reasons=[Reason("no_change", _("没有改动，不用出新的一版。"))])
    return TypeLaw(
        request_type=new.kind,
        number=latest + 1,
        data=data,
        effective_from=new.effective_from,
        source=source,
        remark=" ".join(new.remark.split()),
        entered_by_id=actor.person_id,
    )


@transaction.atomic
def set_law(*, actor: Actor, new: NewLaw) -> TypeLaw:
    """Let a new version hold from its day on. Grounds of refusal that it adds can then be named in a decision.

    Raises as `drafted` does.
    """
    turns.wait(turns.Turn.LAW, new.kind.code)
    row = drafted(actor, new)
    row.entered_at = clock()
    row.save(force_insert=True)
    _name_grounds(row)
    facts = {
        "type": new.kind.code,
        "number": row.number,
        "base": new.base,
        "from": new.effective_from.isoformat(),
    }
    audit.record(actor=actor, kind="law.version", subject=f"law:{row.pk}", facts=facts, at=row.entered_at)
    return row


def overtaken_by(row: TypeLaw) -> list[TypeLaw]:
    """The versions that were to hold from a later day and now never will."""
    later = versions_of(row.request_type).filter(number__lt=row.number, effective_from__gte=row.effective_from)
    return [one for one in later if one.effective_from and one.effective_from > day_of(clock())]


def _latest(kind: RequestType) -> int:
    return TypeLaw.objects.filter(request_type=kind).aggregate(last=Max("number"))["last"] or 0


def _faults(new: NewLaw, source: str) -> Iterator[Reason]:
    """What is wrong with the version itself."""
    if not fits(source, SOURCE_LIMIT):
        words = _("写明出处：依据哪个公布的文本或者文件，最多 %(limit)s 个字。")
        yield Reason("bad_source", words % {"limit": SOURCE_LIMIT}, "/source")
    if len(new.remark) > REMARK_LIMIT or not storable(new.remark):
        yield Reason("bad_remark", _("最多 %(limit)s 个字。") % {"limit": REMARK_LIMIT}, "/remark")
    present = version_on(new.kind, day_of(clock()))
    first = present.effective_from if present else None
    if first is not None and new.effective_from < first:
        words = _("现在的版本从 %(day)s 起适用，新的一版不能早于那一天。") % {"day": first.isoformat()}
        yield Reason("before_present", words, "/effective_from")
    elif not date(1949, 10, 1) <= new.effective_from <= LAST_DAY:
        yield Reason("bad_day", _("日期不对，写成 2026-01-31。"), "/effective_from")


def _name_grounds(row: TypeLaw) -> None:
    """Every ground of the version has a code, so that a decision can name it."""
    known = set(RefusalGround.objects.values_list("article", "key", "strength"))
    position = RefusalGround.objects.aggregate(last=Max("position"))["last"] or 0
    grounds: Mapping[str, Sequence[Mapping[str, Any]]] = row.data.get("refusal_grounds", {})
    for strength, entries in grounds.items():
        for entry in entries:
            if (entry["cite"], entry["key"], strength) in known:
                continue
            position += 1
            RefusalGround.objects.create(
                code=f"{row.request_type_id}_{row.number}_{strength}_{entry['key']}"[:60],
                name_zh=entry["zh"][:120],
                name_en=(entry.get("en") or entry["zh"])[:160],
                position=position,
                article=entry["cite"],
                key=entry["key"],
                strength=strength,
                used_by=UsedBy.EITHER,
            )

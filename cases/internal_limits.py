"""Setting internal limits: the ministry for the country, a province a tighter one for its subtree. Nothing that was set is
changed, and no clock that runs. See docs/decisions/0019."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import GuardFailed, Malformed, NotPermitted, Reason
from agencies.models import Agency
from agencies.models.tree import Tier
from agencies.moments import clock
from agencies.roles import Role
from cases.clocks.limits import BOUNDS, best
from cases.limit_words import FAMILIES, amount_of, subject_of
from cases.models import UNITS, Direction, InternalLimit, Urgency
from countries.calendars import day_of

SETTERS = frozenset({Role.APPROVER, Role.SUPERVISOR})
NOTE_LIMIT = 200
MOST = 999
LAST_DAY = date(2100, 12, 31)
_NUMBERS = ("amount", "unit", "warn_before", "escalate_after", "extend_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A limit as somebody wants it; empty direction, family and tier mean any. No day: from today. `withdrawn`: what was
    set in this cell no longer holds, so that the numbers do not matter."""

    kind: str
    urgency: str
    direction: str = ""
    family: str = ""
    tier: str = ""
    amount: int = 0
    unit: str = "working_day"
    warn_before: int = 0
    escalate_after: int = 1
    extend_by: int = 0
    effective_from: date | None = None
    note: str = ""
    withdrawn: bool = False


def today() -> date:
    """The day in China by the database's clock."""
    return day_of(clock())


def seat_of(actor: Actor) -> Agency | None:
    """The agency for which this actor may set limits: the ministry's desk or his province; None when he may not."""
    if actor.role not in SETTERS or actor.officer_id is None or actor.agency_id is None:
        return None
    agency = Agency.objects.get(pk=actor.agency_id)
    return agency if agency.is_terminal or agency.tier == Tier.PROVINCE else None


def kinds() -> list[str]:
    """What has a limit, in the order of the shipped defaults."""
    found = InternalLimit.objects.filter(set_by=None).order_by("pk").values_list("kind", flat=True)
    return list(dict.fromkeys(found))


def drafted(actor: Actor, asked: Asked) -> InternalLimit:
    """The row as it would be saved, checked whole.

    Raises NotPermitted; Malformed for what is no limit at all; GuardFailed for one that loosens the ministry's, or that
    withdraws what was not set.
    """
    seat = seat_of(actor)
    if seat is None:
        raise NotPermitted(
            _("内部时限由公安部国际合作局的审批人或督办人设定；省级公安机关的审批人或督办人可以为本省设定更短的。")
        )
    day = asked.effective_from or today()
    faults = [*_cell_faults(asked), *_number_faults(asked), *_other_faults(asked, day)]
    if faults:
        raise Malformed(reasons=faults)
    row = InternalLimit(
        **{name: getattr(asked, name) for name in ("kind", "urgency", "direction", "family", "tier", *_NUMBERS)},
        effective_from=day,
        agency=None if seat.is_terminal else seat,
        set_by_id=actor.person_id,
        basis=f"{'ministry' if seat.is_terminal else 'province'}.{asked.kind}",
        note=asked.note.strip(),
        withdrawn=asked.withdrawn,
    )
    if row.withdrawn:
        _take_over(row)
    elif row.agency_id is not None and (loose := _loosened(row)):
        raise GuardFailed(_("省里只能比公安部规定的更严，没有设定。"), reasons=loose)
    return row


def set_limit(*, actor: Actor, asked: Asked) -> InternalLimit:
    """Set it from its day on. Clocks that run keep their limit; `cases.queries.limits.differing` says which would differ.

    Raises as `drafted` does.
    """
    row = drafted(actor, asked)
    row.set_at = clock()
    row.save(force_insert=True)
    facts: dict[str, Any] = {name: getattr(row, name) for name in ("kind", "urgency", *_NUMBERS)}
    facts |= {name: getattr(row, name) for name in ("direction", "family", "tier") if getattr(row, name)}
    facts |= {"from": row.effective_from.isoformat(), "withdrawn": row.withdrawn, "agency": row.agency_id}
    audit.record(actor=actor, kind="limit.set", subject=f"limit:{row.pk}", facts=facts, at=row.set_at)
    return row


# --- What may be wrong ----------------------------------------------------------------------------------------------


def _cell_faults(asked: Asked) -> Iterator[Reason]:
    known = {
        "kind": kinds(),
        "urgency": Urgency.values,
        "direction": ["", *Direction.values],
        "family": ["", *FAMILIES],
        "tier": ["", *Tier.values],
    }
    for name, codes in known.items():
        if getattr(asked, name) not in codes:
            yield Reason("unknown_code", _("不在可选的范围内。"), f"/{name}")


def _number_faults(asked: Asked) -> Iterator[Reason]:
    if asked.withdrawn:
        return
    if asked.unit not in UNITS:
        yield Reason("unknown_code", _("不在可选的范围内。"), "/unit")
        return
    for name, least in (("amount", 1), ("warn_before", 0), ("escalate_after", 1), ("extend_by", 0)):
        if not least <= getattr(asked, name) <= MOST:
            words = _("写 %(least)s 到 %(most)s 的整数。") % {"least": least, "most": MOST}
            yield Reason("out_of_range", words, f"/{name}")
    if asked.unit not in ("month", "year") and asked.warn_before >= asked.amount > 0:
        yield Reason("warns_too_early", _("提前提醒要比时限短：写 0 就在最后一天提醒。"), "/warn_before")


def _other_faults(asked: Asked, day: date) -> Iterator[Reason]:
    if day < today():
        yield Reason("past_day", _("不能早于今天：已经开始的时限不会改。"), "/effective_from")
    elif day > LAST_DAY:
        yield Reason("too_late", _("最晚写 2100-12-31。"), "/effective_from")
    if len(asked.note.strip()) > NOTE_LIMIT:
        words = _("最多 %(limit)s 个字，现在有 %(n)s 个。") % {"limit": NOTE_LIMIT, "n": len(asked.note.strip())}
        yield Reason("too_long", words, "/note")


def _take_over(row: InternalLimit) -> None:
    """A withdrawal repeats the numbers of what it withdraws."""
    standing = [one for one in rows_like(row) if one.cell == row.cell]
    last = max(standing, key=lambda one: (one.effective_from, one.pk), default=None)
    if last is None or last.withdrawn:
        raise GuardFailed(reasons=[Reason("nothing_set", _("这一格没有你机关的设定，不用撤回。"), "/withdrawn")])
    if row.effective_from < last.effective_from:
        words = _("这一格的设定从 %(day)s 起执行，撤回不能早于那一天。") % {"day": last.effective_from.isoformat()}
        raise GuardFailed(reasons=[Reason("before_it_holds", words, "/effective_from")])
    for name in _NUMBERS:
        setattr(row, name, getattr(last, name))


def rows_like(row: InternalLimit) -> list[InternalLimit]:
    """Every row of the same kind and urgency."""
    return list(InternalLimit.objects.filter(kind=row.kind, urgency=row.urgency))


def _loosened(row: InternalLimit) -> list[Reason]:
    """Where a province's row would loosen what the ministry says on its day, for any case that it would decide."""
    rows = [one for one in rows_like(row) if one.effective_from <= row.effective_from]
    reasons: dict[tuple[str, str], Reason] = {}
    for direction, family, tier in _cases_of(row):
        fitting = [one for one in (*rows, row) if _fits(one, direction, family, tier)]
        if best(one for one in fitting if one.agency_id == row.agency_id) is not row:
            continue
        national = best(one for one in fitting if one.agency_id is None)
        for reason in _looser(row, national) if national else ():
            reasons[reason.pointer, str(reason.words)] = reason
    return list(reasons.values())


def _cases_of(row: InternalLimit) -> Iterator[tuple[str, str, str]]:
    """Every direction, family (also none yet) and tier of a province's cases that the row speaks of."""
    below = [tier for tier in Tier.values if tier != Tier.MINISTRY]
    return product(
        [row.direction] if row.direction else Direction.values,
        [row.family] if row.family else ["", *FAMILIES],
        [row.tier] if row.tier else below,
    )


def _fits(row: InternalLimit, direction: str, family: str, tier: str) -> bool:
    return row.direction in ("", direction) and row.family in ("", family) and row.tier in ("", tier)


def _looser(row: InternalLimit, national: InternalLimit) -> Iterator[Reason]:
    facts = {"what": subject_of(national), "limit": amount_of(national.amount, national.unit)}
    if row.unit != national.unit:
        yield Reason("other_unit", _("公安部对%(what)s规定 %(limit)s，请用同样的单位。") % facts, "/unit")
        return
    told = {
        "amount": _("公安部对%(what)s规定 %(limit)s，省里只能更短。"),
        "extend_by": _("公安部对%(what)s最多延长 %(n)s，省里只能更少。"),
        "escalate_after": _("公安部对%(what)s超期 %(n)s 上报，省里只能更早。"),
    }
    for name in BOUNDS:
        if getattr(row, name) > getattr(national, name):
            n = amount_of(getattr(national, name), national.unit)
            yield Reason("loosens", told[name] % (facts | {"n": n}), f"/{name}")

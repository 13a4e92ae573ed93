"""What the ministry writes into the law's tables: periods of a treaty or a country in place of the statute's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import audit, turns
from agencies.actors import Actor
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible, Reason
from agencies.moments import clock
from agencies.plain_text import fits
from countries.models import Country
from treaties.alarms import warns_too_early
from treaties.models import PeriodOverride, RequestType, TimeLimit, Unit
from treaties.policies import require_desk

ARTICLE_LIMIT, SOURCE_LIMIT, REASON_LIMIT, AMOUNT_LIMIT = 40, 300, 200, 999
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2100, 12, 31)
_NEEDED: dict[str, tuple[int, Promise]] = {
    "article": (ARTICLE_LIMIT, gettext_lazy("写明条约的简称和条款，最多 %(limit)s 个字。")),
    "source": (SOURCE_LIMIT, gettext_lazy("写明出处：从哪里查到的，最多 %(limit)s 个字。没有出处的不能录入。")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOverride:
    """What an override says. `scope` is a request type's code, a family, or "" for every type that has the key."""

    country_id: int
    scope: str
    key: str
    amount: int
    unit: str
    article: str
    source: str
    as_of: date
    confidence: str
    valid_from: date
    # None: Coopdesk's default for a period of this length.
    warn_before: int | None = None
    escalate_after: int | None = None

    def normalized(self) -> NewOverride:
        """Runs of white space in the words become one blank."""
        return replace(self, article=" ".join(self.article.split()), source=" ".join(self.source.split()))

    def faults(self, today: date) -> Iterator[Reason]:
        """Everything wrong with the values themselves."""
        for name, (limit, words) in _NEEDED.items():
            if not fits(getattr(self, name), limit):
                yield Reason(f"bad_{name}", words % {"limit": limit}, f"/{name}")
        if not 1 <= self.amount <= AMOUNT_LIMIT:
            yield Reason("bad_amount", _("写 1 到 %(limit)s 的整数。") % {"limit": AMOUNT_LIMIT}, "/amount")
        if self.unit not in Unit.values:
            yield Reason("bad_unit", _("选一个单位。"), "/unit")
        yield from self._alarm_faults()
        if self.confidence not in PeriodOverride.Confidence.values:
            yield Reason("bad_confidence", _("选明核对到什么程度。"), "/confidence")
        if not FIRST_DAY <= self.as_of <= today:
            yield Reason("bad_as_of", _("查证日期不能晚于今天。"), "/as_of")
        if not FIRST_DAY <= self.valid_from <= LAST_DAY:
            yield Reason("bad_valid_from", _("适用日期不对，写成 2026-01-31。"), "/valid_from")

    def _alarm_faults(self) -> Iterator[Reason]:
        for name, least in (("warn_before", 0), ("escalate_after", 1)):
            given = getattr(self, name)
            if given is not None and not least <= given <= AMOUNT_LIMIT:
                words = _("写 %(least)s 到 %(limit)s 的整数，或者不填。") % {"least": least, "limit": AMOUNT_LIMIT}
                yield Reason(f"bad_{name}", words, f"/{name}")
        fit = self.unit in Unit.values and 1 <= self.amount <= AMOUNT_LIMIT and self.warn_before is not None
        if fit and warns_too_early(self.warn_before or 0, self.amount, self.unit):
            yield Reason("warns_too_early", _("提前提醒要比期限短：写 0 就在最后一天提醒。"), "/warn_before")


@transaction.atomic
def set_override(*, actor: Actor, new: NewOverride) -> PeriodOverride:
    """Let a treaty's or a country's period hold from a day on, until it is ended.

    Raises NotPermitted (only the ministry's desk and approvers), Malformed for the values, GuardFailed for a period that
    the request types have not, NotVisible for an unknown country, Conflict when another one holds then.
    """
    require_desk(actor)
    new = new.normalized()
    if found := list(new.faults(timezone.localdate(clock()))):
        raise Malformed(reasons=found)
    country = Country.objects.filter(pk=new.country_id, is_partner=True).first()
    if country is None:
        raise NotVisible
    row = PeriodOverride(**{name: value for name, value in asdict(new).items() if name != "scope"})
    row.request_type, row.family = _scope(new)
    row.entered_by_id = actor.person_id
    turns.wait(turns.Turn.OVERRIDE, country.code)
    _refuse_second(row, new.scope)
    row.save(force_insert=True)
    _record(actor, "treaty.override", row, country)
    return row


def _scope(new: NewOverride) -> tuple[RequestType | None, str]:
    """The request type or the family that is meant; every type that is meant must have the period."""
    having = TimeLimit.objects.filter(key=new.key)
    kind = RequestType.objects.filter(code=new.scope).first() if new.scope else None
    if kind is not None:
        having = having.filter(request_type=kind)
    elif new.scope:
        having = having.filter(request_type__family=new.scope)
    if not having.exists():
        words = _("所选的请求类型没有这个期限，换一个期限或者类型。")
        raise GuardFailed(_("没有录入。"), reasons=[Reason("no_such_period", words, "/key")])
    return kind, "" if kind else new.scope


def _refuse_second(row: PeriodOverride, scope: str) -> None:
    """Two may not hold on one day: the former is ended first, or the new one begins when it ends."""
    rivals = PeriodOverride.objects.filter(
        country=row.country_id,
        scope=str(row.request_type_id or scope),
        key=row.key,
        period__overlap=(row.valid_from, None),
    )
    rival = rivals.first()
    if rival is not None:
        words = _("第 %(n)s 号条约期限在那时还适用。先终止它，再录入新的。") % {"n": rival.pk}
        raise Conflict(_("没有录入。"), reasons=[Reason("override_holds", words, "/valid_from")])


@transaction.atomic
def end_override(*, actor: Actor, override_id: int, valid_to: date, reason: str) -> PeriodOverride:
    """End an override; `valid_to` is the first day on which it no longer holds (its own first day: it never held).

    Raises NotPermitted, NotVisible, Malformed for the day or the reason, Conflict when it has been ended.
    """
    require_desk(actor)
    row = PeriodOverride.objects.select_for_update(of=("self",)).filter(pk=override_id).first()
    if row is None:
        raise NotVisible
    if row.ended_at is not None:
        raise Conflict(_("这个条约期限已经终止。"))
    reason = " ".join(reason.split())
    found = []
    if not fits(reason, REASON_LIMIT):
        words = _("写明终止的理由，最多 %(limit)s 个字。") % {"limit": REASON_LIMIT}
        found.append(Reason("bad_reason", words, "/reason"))
    if not row.valid_from <= valid_to <= LAST_DAY:
        words = _("不能早于开始适用的日期 %(day)s。") % {"day": row.valid_from.isoformat()}
        found.append(Reason("bad_valid_to", words, "/valid_to"))
    if found:
        raise Malformed(reasons=found)
    row.valid_to, row.end_reason = valid_to, reason
    row.ended_by_id, row.ended_at = actor.person_id, clock()
    row.save(update_fields=["valid_to", "end_reason", "ended_by", "ended_at"])
    _record(actor, "treaty.override_end", row, row.country)
    return row


def _record(actor: Actor, kind: str, row: PeriodOverride, country: Country) -> None:
    facts = {
        "country": country.code,
        "type": row.request_type.code if row.request_type else "",
        "family": row.family,
        "key": row.key,
        "amount": row.amount,
        "unit": row.unit,
        "warn_before": row.warn_before,
        "escalate_after": row.escalate_after,
        "confidence": row.confidence,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }
    audit.record(actor=actor, kind=kind, subject=f"override:{row.pk}", facts=facts)

"""A ledger's records: entered and corrected by the ministry's desk with a source; a contact opens for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Conflict, Malformed, NotPermitted, NotVisible, Reason, StaleVersion
from agencies.moments import clock
from agencies.plain_text import fits
from countries import facts, proposals
from countries.ledger_commands import fingerprint
from countries.ledger_kinds import KINDS, Kind
from countries.models import Country, LedgerRecord
from countries.policies import proposes, require_keeper

REASON_LIMIT, TEXT_LIMIT, NAME_LIMIT, CONTACT_LIMIT = 200, 4000, 120, 1000
_LIMITS = {
    "name_zh": NAME_LIMIT,
    "name_en": NAME_LIMIT,
    "text_zh": TEXT_LIMIT,
    "text_en": TEXT_LIMIT,
    "contact": CONTACT_LIMIT,
}
LAST_DAY = date(2100, 12, 31)
# A short list of codes, so that the trail says why without holding free text.
PURPOSES: Mapping[str, str | Promise] = {
    "consult": gettext_lazy("就案件联系外方"),
    "urgent": gettext_lazy("紧急联系"),
    "arrange": gettext_lazy("安排会议或者访问"),
    "check": gettext_lazy("核对联系方式"),
}


def records_of(country: Country) -> QuerySet[LedgerRecord]:
    """What stands in the ledger, kind by kind; what was entered by mistake is left out. Contacts are not read."""
    return LedgerRecord.objects.filter(country=country, withdrawn_at=None).defer("contact")


def record_by_id(record_id: int) -> LedgerRecord:
    """The record, withdrawn or not; NotVisible when there is none."""
    row = LedgerRecord.objects.select_related("country").filter(pk=record_id).first()
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def state_record(
    *,
    actor: Actor,
    row: LedgerRecord,
    values: Mapping[str, Any],
    source: str,
    as_of: date,
    seen: str,
    proposal: int | None = None,
) -> LedgerRecord:
    """Enter a record (`row` not stored yet) or correct one; `values` holds every field of LedgerRecord.SOURCED, `proposal`
    is what is accepted by stating it: both or nothing.

    Raises as proposals.accept, Malformed for the values, Conflict for what has been withdrawn, StaleVersion when another
    has stated it since.
    """
    require_keeper(actor)
    if found := faults_of(KINDS[row.kind], values):
        raise Malformed(reasons=found)
    if proposal is not None:
        proposals.accept(actor=actor, proposal_id=proposal, into=row)
    if row.pk is not None:
        row = LedgerRecord.objects.select_for_update(of=("self",)).select_related("country").get(pk=row.pk)
        if row.withdrawn_at is not None:
            raise Conflict(_("这条记录已经撤下，没有改。"))
        if fingerprint(row) != seen:
            raise StaleVersion(_("你打开之后，另有人改了这条记录，没有覆盖。两边的文字都在下面，看过再送出。"))
    try:
        facts.state(actor=actor, row=row, values=values, source=source, as_of=as_of, country=row.country)
    except IntegrityError as error:
        raise Conflict(_("这条记录的内容互相矛盾，没有保存。")) from error
    return row


def faults_of(kind: Kind, values: Mapping[str, Any]) -> list[Reason]:
    """Everything wrong with the values themselves."""
    found = []
    if not values["name_zh"] and not values["name_en"]:
        found.append(Reason("required", _("中文、英文至少写一个。"), "/name_zh"))
    free = {attr.name: values["attrs"].get(attr.name, "") for attr in kind.attrs if attr.choices is None}
    for name, text in ({name: values[name] for name in _LIMITS} | free).items():
        found += facts.faults_of_words(name, text, _LIMITS.get(name, NAME_LIMIT))
    found += _bad_days(kind, values["starts_on"], values["ends_on"])
    for attr in kind.attrs:
        told = values["attrs"].get(attr.name, "")
        if (attr.required and not told) or (told and attr.choices is not None and told not in attr.choices):
            found.append(Reason("unknown_code", _("选一项。"), f"/{attr.name}"))
    return found


def _bad_days(kind: Kind, starts: date | None, ends: date | None) -> list[Reason]:
    found = []
    if kind.dated and starts is None:
        found.append(Reason("required", _("写明日期。"), "/starts_on"))
    for name, day in (("starts_on", starts), ("ends_on", ends)):
        if day is not None and not facts.FIRST_DAY <= day <= LAST_DAY:
            words = _("日期要在 %(first)s 年和 %(last)s 年之间。")
            told = words % {"first": facts.FIRST_DAY.year, "last": LAST_DAY.year}
            found.append(Reason("out_of_range", told, f"/{name}"))
    if starts is not None and ends is not None and ends < starts:
        found.append(Reason("ends_before", _("结束不能早于开始。"), "/ends_on"))
    return found


@transaction.atomic
def withdraw_record(*, actor: Actor, record_id: int, reason: str) -> LedgerRecord:
    """Take a record that was entered by mistake out of the ledger; it stays on file.

    Raises NotPermitted, NotVisible, Malformed for the reason, Conflict when it has been withdrawn.
    """
    require_keeper(actor)
    row = LedgerRecord.objects.select_for_update(of=("self",)).select_related("country").filter(pk=record_id).first()
    if row is None:
        raise NotVisible
    reason = " ".join(reason.split())
    if not fits(reason, REASON_LIMIT):
        words = _("写明为什么撤下，最多 %(limit)s 个字。") % {"limit": REASON_LIMIT}
        raise Malformed(reasons=[Reason("bad_reason", words, "/reason")])
    if row.withdrawn_at is not None:
        raise Conflict(_("这条记录已经撤下。"))
    row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_because = clock(), actor.person_id, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    audit.record(actor=actor, kind="ledger.withdraw", subject=row.subject, facts={"country": row.country.code})
    return row


@transaction.atomic
def open_contact(*, actor: Actor, record_id: int, purpose: str) -> LedgerRecord:
    """The record with its contact, for a purpose out of the list; that it was opened is audited.

    Raises NotPermitted for who does not work on cases, NotVisible, Malformed for a purpose that is not in the list.
    """
    if not proposes(actor):
        raise NotPermitted(_("联系方式只给办案的民警看。"))
    row = record_by_id(record_id)
    if row.withdrawn_at is not None or not row.contact:
        raise NotVisible
    if purpose not in PURPOSES:
        raise Malformed(reasons=[Reason("unknown_code", _("选择查看的用途。"), "/purpose")])
    found = {"country": row.country.code, "purpose": purpose}
    audit.record(actor=actor, kind="ledger.contact", subject=row.subject, facts=found)
    return row

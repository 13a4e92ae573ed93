"""What the ministry's desk states in a ledger: a value is added, corrected or confirmed, never overwritten unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import Malformed, Reason, StaleVersion
from countries import facts, proposals
from countries.models import Country, Frontier, LedgerEntry, LedgerTopic, Sourced, TopicKind
from countries.policies import require_keeper

TEXT_LIMIT = 4000
LENGTHS = range(1, 10_000)  # of a frontier, in kilometres


def fingerprint(row: Sourced | None) -> str:
    """What a page has seen of a row: its values and where they come from. The same for absent and for blank; a contact,
    which pages do not show, tells nothing of itself here."""
    held = {name: said for name, said in row.provenance.items() if name != "contact"} if row is not None else {}
    values = {name: str(getattr(row, name)) for name in sorted(held)} if row is not None else {}
    told = json.dumps([values, held], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@transaction.atomic
def state_value(
    *,
    actor: Actor,
    entry: LedgerEntry,
    values: Mapping[str, str],
    source: str,
    as_of: date,
    seen: str,
    proposal: int | None = None,
) -> LedgerEntry:
    """State the value of a topic. `entry` names country, topic and type; `seen` is the fingerprint that the form was
    opened with, `proposal` what is accepted by stating it: both or nothing.

    Raises as proposals.accept, Malformed for the values, StaleVersion when another has stated it since (nothing is written).
    """
    require_keeper(actor)
    held = {name: text.strip() for name, text in values.items()}
    if found := _faults(entry.topic, held):
        raise Malformed(reasons=found)
    if proposal is not None:
        proposals.accept(actor=actor, proposal_id=proposal, into=entry)
    LedgerEntry.objects.get_or_create(country=entry.country, topic=entry.topic, about=entry.about)
    row = LedgerEntry.objects.select_for_update(of=("self",)).get(
        country=entry.country, topic=entry.topic, about=entry.about
    )
    if fingerprint(row) != seen:
        raise StaleVersion(_("你打开之后，另有人改了这个值，没有覆盖。两边的文字都在下面，看过再送出。"))
    facts.state(actor=actor, row=row, values=held, source=source, as_of=as_of, country=entry.country)
    return row


@transaction.atomic
def state_length(*, actor: Actor, frontier: Frontier, value: int, source: str, as_of: date, seen: str) -> Frontier:
    """State how long a frontier is, in kilometres. Raises as state_value does."""
    require_keeper(actor)
    if found := faults_of_length(value):
        raise Malformed(reasons=found)
    row = Frontier.objects.select_for_update(of=("self",)).select_related("country").get(pk=frontier.pk)
    if fingerprint(row) != seen:
        raise StaleVersion(_("你打开之后，另有人改了这个值，没有覆盖。看过再送出。"))
    facts.correct(actor=actor, row=row, field="approx_km", value=value, source=source, as_of=as_of, country=row.country)
    return row


def faults_of_length(value: int) -> list[Reason]:
    """What is wrong with a number of kilometres."""
    words = _("写 %(first)s 到 %(last)s 公里。") % {"first": LENGTHS.start, "last": LENGTHS.stop - 1}
    return [] if value in LENGTHS else [Reason("out_of_range", words, "/approx_km")]


def _faults(topic: LedgerTopic, values: Mapping[str, str]) -> list[Reason]:
    """Everything wrong with the values themselves."""
    found = []
    if topic.kind == TopicKind.CHOICE and values.get("code", "") not in topic.choices:
        found.append(Reason("unknown_code", _("选一项。"), "/code"))
    if topic.kind == TopicKind.TEXT and not (values.get("text_zh") or values.get("text_en")):
        found.append(Reason("required", _("中文、英文至少写一个。"), "/text_zh"))
    return found + faults_of_texts(values)


def faults_of_texts(values: Mapping[str, str]) -> list[Reason]:
    """What is wrong with the texts of a value."""
    found = [facts.faults_of_words(name, values.get(name, ""), TEXT_LIMIT) for name in ("text_zh", "text_en")]
    return [reason for reasons in found for reason in reasons]


def entry_of(country: Country, topic: LedgerTopic, about: str) -> LedgerEntry:
    """The entry as it stands, or a blank one that is not stored."""
    row = LedgerEntry.objects.filter(country=country, topic=topic, about=about).select_related("topic").first()
    return row or LedgerEntry(country=country, topic=topic, about=about)

"""Writing the sections of a ledger: draft → review → published, every version kept.

Several may write at once: each has a version of his own. One is published only over the version that its writer saw; who
was overtaken keeps his text and sees both side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies import audit, turns
from agencies.actors import Actor
from agencies.case_numbers import names_a_case
from agencies.errors import (
    Conflict,
    FourEyes,
    GuardFailed,
    Malformed,
    NotPermitted,
    NotVisible,
    Reason,
    StaleVersion,
)
from agencies.moments import clock
from agencies.plain_text import fits, says, visible
from agencies.roles import Role
from countries.calendars import day_of
from countries.facts import NO_CASE_NUMBER
from countries.models import Country, Section, SectionCare, SectionText, TextState
from countries.policies import keeps_facts, require_keeper

TEXT_LIMIT, SOURCES_LIMIT, REMARK_LIMIT = 20_000, 2_000, 500
AT_WORK = (TextState.DRAFT, TextState.REVIEW)
# What was published once is everybody's to read.
SHOWN = (TextState.PUBLISHED, TextState.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a version says."""

    text_zh: str
    text_en: str = ""
    sources: str = ""

    def faults(self) -> list[Reason]:
        """Everything that cannot be stored."""
        limits = {"text_zh": TEXT_LIMIT, "text_en": TEXT_LIMIT, "sources": SOURCES_LIMIT}
        found = []
        for name, limit in limits.items():
            value = getattr(self, name)
            if len(value) > limit:
                words = _("最多 %(limit)s 个字，现在有 %(n)s 个。") % {"limit": limit, "n": len(value)}
                found.append(Reason("too_long", words, f"/{name}"))
            elif not visible(value):
                found.append(Reason("bad_character", _("含有无法保存的字符，请删去后再试。"), f"/{name}"))
            elif names_a_case(value):
                found.append(Reason("case_number", NO_CASE_NUMBER, f"/{name}"))
        return found


class Overtaken(Conflict):
    """Another version was published meanwhile; both texts are kept."""

    code = "overtaken"


# --- Reading ---------------------------------------------------------------------------------------------------------


def versions(country: Country, section: str) -> QuerySet[SectionText]:
    """Every version that was ever published, newest first."""
    return _texts().filter(country=country, section=section, state__in=SHOWN)


def holding(country: Country, section: str) -> SectionText | None:
    """The version that holds, if one was published."""
    return _texts().filter(country=country, section=section, state=TextState.PUBLISHED).first()


def own(actor: Actor, country: Country, section: str) -> SectionText | None:
    """The version that the actor has at work, if he has one."""
    mine = _texts().filter(country=country, section=section, author=actor.officer_id, state__in=AT_WORK)
    return mine.first()


def version(actor: Actor, country: Country, section: str, number: int) -> SectionText:
    """One version: what was published is everybody's, what is under review the ministry's desk's, the rest its author's.

    Raises NotVisible.
    """
    row = _texts().filter(country=country, section=section, number=number).first()
    if row is None or not _may_see(actor, row):
        raise NotVisible
    return row


def _may_see(actor: Actor, row: SectionText) -> bool:
    if row.state in SHOWN or row.author_id == actor.officer_id:
        return True
    return row.state == TextState.REVIEW and keeps_facts(actor)


def may_review(actor: Actor, row: SectionText) -> bool:
    """May he publish it or send it back? An approver of the desk and the section's owner may, never its author."""
    if row.state != TextState.REVIEW or row.author_id in actor.hands or not keeps_facts(actor):
        return False
    return actor.role == Role.APPROVER or _owns(actor, row)


def under_review(actor: Actor) -> QuerySet[SectionText]:
    """What waits for the actor's review, longest first; nothing for who is not of the desk."""
    rows = _texts().filter(state=TextState.REVIEW).exclude(author__in=actor.hands).order_by("written_at", "pk")
    if actor.role == Role.APPROVER:
        return rows
    held = Q()
    for country, section in SectionCare.objects.filter(owner__in=actor.hands).values_list("country", "section"):
        held |= Q(country=country, section=section)
    return rows.filter(held) if held else rows.none()


def _texts() -> QuerySet[SectionText]:
    return SectionText.objects.select_related("country", "author", "reviewer", "based_on")


# --- Writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def write(
    *, actor: Actor, country: Country, section: str, words: Words, based_on: int | None, seen: str | None = None
) -> SectionText:
    """Save the actor's own version of a section; `based_on` is the number of the published one that he saw, if any,
    `seen` what his form has seen of his own (SectionText.seen; None asks nothing).

    Raises NotPermitted, Malformed for the words, Conflict while his version is with a reviewer, StaleVersion when he has
    saved it elsewhere since.
    """
    require_keeper(actor)
    if section not in Section.values:
        raise NotVisible
    if found := words.faults():
        raise Malformed(reasons=found)
    turns.wait(turns.Turn.LEDGER, f"{country.code}:{section}")
    texts = SectionText.objects.filter(country=country, section=section)
    row = texts.select_for_update(of=("self",)).filter(author=actor.person_id, state__in=AT_WORK).first()
    if row is not None and row.state == TextState.REVIEW:
        raise Conflict(_("你的这一版正在复核，退回以后才能改。"))
    if row is not None and seen is not None and seen != row.seen:
        raise StaleVersion(_("你在别处存过这份草稿，没有覆盖。两份都在下面，看过再存。"))
    base = texts.filter(number=based_on, state__in=SHOWN).first() if based_on else None
    if row is None:
        row = SectionText(country=country, section=section, number=0, author_id=actor.person_id)
    # Numbers grow with what was published: a version comes after the one on which it is based.
    if row.number <= (base.number if base is not None else 0):
        row.number = _next_number(country, section)
    row.text_zh, row.text_en, row.sources = words.text_zh, words.text_en, words.sources
    row.based_on, row.remark, row.reviewer, row.written_at = base, "", None, clock()
    row.save()
    _record(actor, "ledger.draft", row)
    return row


@transaction.atomic
def submit(*, actor: Actor, text_id: int) -> SectionText:
    """Ask for review. Raises NotVisible for somebody else's, GuardFailed without words or sources, Overtaken."""
    row = _own_draft(actor, text_id)
    _refuse_unready(row)
    _refuse_overtaken(row)
    row.state = TextState.REVIEW
    row.save(update_fields=["state"])
    _record(actor, "ledger.submit", row)
    return row


@transaction.atomic
def publish(*, actor: Actor, text_id: int) -> SectionText:
    """Let a reviewed version hold in place of the one before; whoever looks after the section has then reviewed it.

    Raises NotPermitted (an approver of the desk, or the owner), FourEyes for the author, Overtaken.
    """
    row = _for_review(actor, text_id)
    _refuse_overtaken(row)
    now = clock()
    SectionText.objects.filter(country=row.country, section=row.section, state=TextState.PUBLISHED).update(
        state=TextState.REPLACED
    )
    row.state, row.reviewer_id, row.decided_at = TextState.PUBLISHED, actor.person_id, now
    row.save(update_fields=["state", "reviewer", "decided_at"])
    SectionCare.objects.filter(country=row.country, section=row.section).update(
        reviewed_on=day_of(now), reviewed_by=actor.person_id
    )
    _record(actor, "ledger.publish", row)
    return row


@transaction.atomic
def send_back(*, actor: Actor, text_id: int, remark: str) -> SectionText:
    """Give it back to its author with what is to be mended. Raises as `publish`; Malformed without a remark."""
    row = _for_review(actor, text_id)
    remark = " ".join(remark.split())
    if not fits(remark, REMARK_LIMIT):
        words = _("写明要改什么，最多 %(limit)s 个字。") % {"limit": REMARK_LIMIT}
        raise Malformed(reasons=[Reason("bad_remark", words, "/remark")])
    row.state, row.remark, row.reviewer_id = TextState.DRAFT, remark, actor.person_id
    row.save(update_fields=["state", "remark", "reviewer"])
    _record(actor, "ledger.send_back", row)
    return row


@transaction.atomic
def drop(*, actor: Actor, text_id: int) -> SectionText:
    """Give up one's own draft; it is kept, and its author alone may still read it."""
    row = _own_draft(actor, text_id)
    row.state = TextState.DROPPED
    row.save(update_fields=["state"])
    _record(actor, "ledger.drop", row)
    return row


# --- Parts -----------------------------------------------------------------------------------------------------------


def _in_turn(actor: Actor, wanted: Q) -> SectionText:
    """The row, nobody else changing its section meanwhile; NotVisible. The turn comes before the row: so does `write`."""
    require_keeper(actor)
    rows = SectionText.objects.filter(wanted)
    place = rows.values_list("country__code", "section").first()
    if place is None:
        raise NotVisible
    turns.wait(turns.Turn.LEDGER, ":".join(place))
    return rows.select_for_update(of=("self",)).select_related("country").get()


def _next_number(country: Country, section: str) -> int:
    """The number after the highest, also of drafts that only their authors see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_section_number(%s, %s)", [country.pk, section])
        number: int = cursor.fetchone()[0]
    return number


def _own_draft(actor: Actor, text_id: int) -> SectionText:
    row = _in_turn(actor, Q(pk=text_id, author=actor.person_id))
    if row.state != TextState.DRAFT:
        raise Conflict(_("这一版已经不是草稿。"))
    return row


def _for_review(actor: Actor, text_id: int) -> SectionText:
    row = _in_turn(actor, Q(pk=text_id) & ~Q(state__in=[TextState.DROPPED]))
    if actor.role != Role.APPROVER and not _owns(actor, row):
        raise NotPermitted(_("由这一节的管理员或者公安部国际合作局的审批人复核。"))
    if row.author_id in actor.hands:
        raise FourEyes(_("自己写的由别人复核。"))
    if row.state != TextState.REVIEW:
        raise Conflict(_("这一版不在复核中。"))
    return row


def _owns(actor: Actor, row: SectionText) -> bool:
    cares = SectionCare.objects.filter(country=row.country_id, section=row.section)
    return cares.filter(owner__in=actor.hands).exists()


def _refuse_unready(row: SectionText) -> None:
    found = []
    if not row.text_zh.strip():
        found.append(Reason("no_text", _("还没有写中文正文。"), "/text_zh"))
    if not says(row.sources):
        found.append(Reason("no_sources", _("写明出处。没有出处的不能发布。"), "/sources"))
    if found:
        raise GuardFailed(reasons=found)


def _refuse_overtaken(row: SectionText) -> None:
    holds = SectionText.objects.filter(country=row.country, section=row.section, state=TextState.PUBLISHED).first()
    if holds is not None and holds.pk != row.based_on_id:
        words = _("这期间发布了第 %(n)s 版。两份都在，对照改好以后再送复核。") % {"n": holds.number}
        raise Overtaken(words, published=holds.number, yours=row.number)


def _record(actor: Actor, kind: str, row: SectionText) -> None:
    facts: dict[str, Any] = {"section": row.section, "number": row.number, "author": row.author_id}
    audit.record(actor=actor, kind=kind, subject=f"country:{row.country.code}", facts=facts)

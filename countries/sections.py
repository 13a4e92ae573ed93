"""Writing the sections of a ledger: draft → review → published, every version kept, an owner who comes back to it.

Several may write at once: each has a version of his own. One is published only over the version that its writer saw; who
was overtaken keeps his text and sees both side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from agencies import audit, turns
from agencies.actors import Actor
from agencies.errors import Conflict, FourEyes, GuardFailed, Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Appointment, Officer
from agencies.moments import clock
from agencies.plain_text import storable
from agencies.roles import Role
from countries.calendars import add_months, day_of
from countries.models import Country, Section, SectionCare, SectionText, TextState
from countries.policies import require_keeper

TEXT_LIMIT, SOURCES_LIMIT, REMARK_LIMIT = 20_000, 2_000, 500
MONTHS = range(1, 61)
_AT_WORK = (TextState.DRAFT, TextState.REVIEW)


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
            elif not storable(value):
                found.append(Reason("bad_character", _("含有无法保存的字符，请删去后再试。"), f"/{name}"))
        return found


class Overtaken(Conflict):
    """Another version was published meanwhile; both texts are kept."""

    code = "overtaken"


# --- Reading ---------------------------------------------------------------------------------------------------------


def published(country: Country) -> dict[str, SectionText]:
    """The version of each section that holds, by the section's code."""
    rows = SectionText.objects.filter(country=country, state=TextState.PUBLISHED).select_related("author", "reviewer")
    return {row.section: row for row in rows}


def versions(country: Country, section: str) -> QuerySet[SectionText]:
    """Every version that was ever published, newest first; drafts are their writers' and the reviewers'."""
    shown = (TextState.PUBLISHED, TextState.REPLACED)
    return SectionText.objects.filter(country=country, section=section, state__in=shown).select_related(
        "author", "reviewer"
    )


def overdue(on: date) -> list[SectionCare]:
    """What should have been reviewed by that day, oldest first."""
    rows = SectionCare.objects.select_related("country", "owner").order_by("reviewed_on", "country__code", "section")
    return [row for row in rows if next_review(row) <= on]


def next_review(care: SectionCare) -> date:
    """The day by which its owner comes back to it."""
    return add_months(care.reviewed_on, care.every_months)


# --- Writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def write(*, actor: Actor, country: Country, section: str, words: Words, based_on: int | None) -> SectionText:
    """Save the actor's own version of a section; `based_on` is the number of the published one that he saw, if any.

    Raises NotPermitted, Malformed for the words, Conflict while his version is with a reviewer.
    """
    require_keeper(actor)
    if section not in Section.values:
        raise NotVisible
    if found := words.faults():
        raise Malformed(reasons=found)
    turns.wait(turns.Turn.LEDGER, f"{country.code}:{section}")
    base = SectionText.objects.filter(country=country, section=section, number=based_on).first() if based_on else None
    row = _at_work(actor, country, section)
    if row is None:
        last = SectionText.objects.filter(country=country, section=section).aggregate(last=Max("number"))["last"] or 0
        row = SectionText(country=country, section=section, number=last + 1, author_id=actor.person_id)
    elif row.state == TextState.REVIEW:
        raise Conflict(_("你的这一版正在复核，退回以后才能改。"))
    row.text_zh, row.text_en, row.sources = words.text_zh, words.text_en, words.sources
    row.based_on, row.remark, row.written_at = base, "", clock()
    row.save()
    return row


@transaction.atomic
def submit(*, actor: Actor, text_id: int) -> SectionText:
    """Ask for review. Raises NotVisible for somebody else's, GuardFailed without words or sources, Overtaken."""
    row = _own(actor, text_id)
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
    row = _under_review(actor, text_id)
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
    row = _under_review(actor, text_id)
    remark = " ".join(remark.split())
    if not remark or len(remark) > REMARK_LIMIT or not storable(remark):
        words = _("写明要改什么，最多 %(limit)s 个字。") % {"limit": REMARK_LIMIT}
        raise Malformed(reasons=[Reason("bad_remark", words, "/remark")])
    row.state, row.remark = TextState.DRAFT, remark
    row.save(update_fields=["state", "remark"])
    _record(actor, "ledger.send_back", row)
    return row


@transaction.atomic
def drop(*, actor: Actor, text_id: int) -> SectionText:
    """Give up one's own version; it stays in the history of what was written, not on the page."""
    row = _own(actor, text_id)
    row.state = TextState.DROPPED
    row.save(update_fields=["state"])
    return row


# --- Care ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def entrust(*, actor: Actor, country: Country, section: str, owner: Officer, every_months: int) -> SectionCare:
    """Let an officer of the desk look after a section. Raises NotPermitted (an approver of the desk), GuardFailed."""
    require_keeper(actor)
    if actor.role != Role.APPROVER:
        raise NotPermitted(_("每一节由谁管，由公安部国际合作局的审批人指定。"))
    found = []
    posts = Appointment.objects.current().filter(officer=owner, agency__is_terminal=True)
    if not posts.filter(role__in=[Role.DESK, Role.APPROVER]).exists():
        found.append(Reason("not_of_the_desk", _("只能指定公安部国际合作局的联络员或者审批人。"), "/owner"))
    if every_months not in MONTHS:
        found.append(Reason("bad_months", _("复核间隔写 1 到 60 个月。"), "/every_months"))
    if found or section not in Section.values:
        raise GuardFailed(_("没有指定。"), reasons=found)
    today = {"reviewed_on": day_of(clock()), "reviewed_by_id": actor.person_id}
    care, _new = SectionCare.objects.update_or_create(
        country=country,
        section=section,
        defaults={"owner": owner, "every_months": every_months},
        create_defaults={"owner": owner, "every_months": every_months, **today},
    )
    facts = {"section": section, "owner": owner.pk, "every_months": every_months}
    audit.record(actor=actor, kind="ledger.entrust", subject=f"country:{country.code}", facts=facts)
    return care


@transaction.atomic
def confirm(*, actor: Actor, country: Country, section: str) -> SectionCare:
    """Its owner has read it again and it still holds. Raises NotVisible without an owner, NotPermitted for others."""
    care = SectionCare.objects.select_for_update().filter(country=country, section=section).first()
    if care is None:
        raise NotVisible
    if care.owner_id not in actor.hands:
        raise NotPermitted(_("这一节由%(name)s管，由他复核。") % {"name": care.owner.name})
    care.reviewed_on, care.reviewed_by_id = day_of(clock()), actor.person_id
    care.save(update_fields=["reviewed_on", "reviewed_by"])
    audit.record(actor=actor, kind="ledger.confirm", subject=f"country:{country.code}", facts={"section": section})
    return care


# --- Parts -----------------------------------------------------------------------------------------------------------


def _at_work(actor: Actor, country: Country, section: str) -> SectionText | None:
    mine = SectionText.objects.select_for_update().filter(country=country, section=section, author=actor.person_id)
    return mine.filter(state__in=_AT_WORK).first()


def _own(actor: Actor, text_id: int) -> SectionText:
    require_keeper(actor)
    rows = SectionText.objects.select_for_update(of=("self",)).select_related("country")
    row = rows.filter(pk=text_id, author=actor.person_id).first()
    if row is None:
        raise NotVisible
    if row.state != TextState.DRAFT:
        raise Conflict(_("这一版已经不是草稿。"))
    turns.wait(turns.Turn.LEDGER, f"{row.country.code}:{row.section}")
    return row


def _under_review(actor: Actor, text_id: int) -> SectionText:
    require_keeper(actor)
    row = SectionText.objects.select_for_update(of=("self",)).select_related("country").filter(pk=text_id).first()
    if row is None:
        raise NotVisible
    turns.wait(turns.Turn.LEDGER, f"{row.country.code}:{row.section}")
    owners = SectionCare.objects.filter(country=row.country, section=row.section, owner=actor.person_id)
    if actor.role != Role.APPROVER and not owners.exists():
        raise NotPermitted(_("由这一节的管理员或者公安部国际合作局的审批人复核。"))
    if row.author_id in actor.hands:
        raise FourEyes(_("自己写的由别人复核。"))
    if row.state != TextState.REVIEW:
        raise Conflict(_("这一版不在复核中。"))
    return row


def _refuse_unready(row: SectionText) -> None:
    found = []
    if not row.text_zh.strip():
        found.append(Reason("no_text", _("还没有写中文正文。"), "/text_zh"))
    if not row.sources.strip():
        found.append(Reason("no_sources", _("写明出处。没有出处的不能发布。"), "/sources"))
    if found:
        raise GuardFailed(reasons=found)


def _refuse_overtaken(row: SectionText) -> None:
    holds = SectionText.objects.filter(country=row.country, section=row.section, state=TextState.PUBLISHED).first()
    if holds is not None and holds.pk != row.based_on_id:
        words = _("这期间发布了第 %(n)s 版。两份都在，对照改好以后再送复核。") % {"n": holds.number}
        raise Overtaken(words, published=holds.number, yours=row.number)


def _record(actor: Actor, kind: str, row: SectionText) -> None:
    facts: dict[str, Any] = {"section": row.section, "number": row.number}
    audit.record(actor=actor, kind=kind, subject=f"country:{row.country.code}", facts=facts)

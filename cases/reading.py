"""Looking at a case leaves a trace: who read it, and who opened masked personal data for which purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Malformed, NotVisible, Reason
from agencies.models import Notice
from cases.duplicates import FOUND
from cases.models import Case, Subject
from cases.policies import get_visible

# A short list of codes, so that the trail says why without holding free text.
PURPOSES: Mapping[str, str | Promise] = {
    "review": _("审核请求"),
    "identify": _("核对身份"),
    "prepare": _("制作或翻译文书"),
    "reply": _("核对外方答复"),
    "supervise": _("督办检查"),
}


def opened(actor: Actor, case: Case) -> None:
    """Record that the actor read the (visible) case; his notices about it are read with it."""
    subject = f"case:{case.pk}"
    audit.record(actor=actor, kind="case.read", subject=subject)
    about = Q(subject=subject) | Q(kind=FOUND, event__facts__cases__contains=[str(case.pk)])
    Notice.objects.filter(about, officer_id=actor.officer_id or 0, read_at=None).update(read_at=Now())


def unmask(actor: Actor, case_id: UUID, subject_id: UUID, purpose: str) -> tuple[Case, Subject]:
    """One person with everything readable, recorded with the purpose's code.

    Raises Malformed for a purpose that is not in the list, NotVisible for a hidden case or somebody else's subject.
    """
    if purpose not in PURPOSES:
        raise Malformed(reasons=[Reason("unknown_code", _("选择查看的用途。"), "/purpose")])
    case = get_visible(actor, case_id)
    person = Subject.objects.filter(pk=subject_id, case=case).first()
    if person is None:
        raise NotVisible
    facts = {"person": str(person.pk), "purpose": purpose}
    audit.record(actor=actor, kind="case.unmask", subject=f"case:{case.pk}", facts=facts)
    return case, person


def seen(actor: Actor, notices: Iterable[Notice]) -> None:
    """Notices that say all there is to say are read when they are shown."""
    mine = Notice.objects.filter(pk__in=[notice.pk for notice in notices], officer_id=actor.officer_id or 0)
    mine.filter(read_at=None).update(read_at=Now())


def read_all(actor: Actor) -> int:
    """Mark every notice of the officer as read; how many there were."""
    return Notice.objects.filter(officer_id=actor.officer_id or 0, read_at=None).update(read_at=Now())

"""A new request from an old one: for what was declined, withdrawn or closed, and for the next one of a kind."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import GuardFailed, Reason
from agencies.models import AuditEvent
from cases import content_input, drafts, files
from cases.kept import require_content
from cases.models import Case, Direction, Way
from cases.policies import get_visible, visible_to


@transaction.atomic
def copy_case(*, actor: Actor, case_id: UUID, supplements: bool = False) -> Case:
    """A draft of the actor's agency with the content of a case he may see, in any status; outcomes are not copied,
    nor are files, and from another agency's case neither document numbers nor birth dates are.

    With `supplements` it is a supplementary request, which names the case that it adds to (补充请求).

    Taking a copy is reading, for the trail of the source: whoever sees that case learns nothing of the copy. The
    copy's own trail says where it came from and what was left behind (`origin_of`).

    Raises NotVisible, GuardFailed for what was never sent and cannot be added to, and what drafts.open_case raises
    (NotPermitted for any role but drafter).
    """
    case = get_visible(actor, case_id)
    require_content(case)
    more = {"supplements": str(case.pk)} if supplements else {}
    if supplements and not was_sent(case):
        words = _("请求还没有发给外方，不用补充请求：退回补正后直接修改内容。")
        raise GuardFailed(reasons=[Reason("supplements_unsent", words, "/supplements")])
    content = content_input.parse({"direction": case.direction, **drafts.content_of(case), **more})
    foreign = case.origin_id != actor.agency_id
    if foreign:
        # Seeing them takes a purpose that is recorded (case.unmask); a copy must not be a way around.
        for subject in content["subjects"]:
            subject.update(document_number="", birth_date=None)
    left = {"source": str(case.pk), "files_left": len(files.files_of(case)), "identity_left": foreign}
    copy = drafts.open_case(actor=actor, content=content, facts=left)
    audit.record(actor=actor, kind="case.copy", subject=f"case:{case.pk}", facts={"copy": str(copy.pk)})
    return copy


def was_sent(case: Case) -> bool:
    """Has the foreign side had this request of ours?"""
    return case.direction == Direction.OUTGOING and case.transmissions.filter(way=Way.OUT).exists()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a draft was copied from, when the reader may see that, and what was left behind."""

    source: Case | None
    files: int
    identity: bool


def origin_of(actor: Actor, case: Case) -> Origin | None:
    """The origin of a (visible) case that is a copy; None for any other."""
    event = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind="case.create").first()
    if event is None or "source" not in event.facts:
        return None
    source = visible_to(actor).filter(pk=event.facts["source"]).first()
    return Origin(source, event.facts.get("files_left", 0), event.facts.get("identity_left", False))

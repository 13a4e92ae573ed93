"""A new request from an old one: for what was declined, withdrawn or closed, and for the next one of a kind."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from agencies import audit
from agencies.actors import Actor
from cases import content_input, drafts
from cases.models import Case
from cases.policies import get_visible


@transaction.atomic
def copy_case(*, actor: Actor, case_id: UUID) -> Case:
    """A draft of the actor's agency with the content of a case he may see, in any status; outcomes are not copied,
    and from another agency's case neither document numbers nor birth dates are.

    Raises NotVisible, and what drafts.open_case raises (NotPermitted for any role but drafter).
    """
    case = get_visible(actor, case_id)
    content = content_input.parse({"direction": case.direction, **drafts.content_of(case)})
    if case.origin_id != actor.agency_id:
        # Seeing them takes a purpose that is recorded (case.unmask); a copy must not be a way around.
        for subject in content["subjects"]:
            subject.update(document_number="", birth_date=None)
    copy = drafts.open_case(actor=actor, content=content)
    audit.record(actor=actor, kind="case.copy", subject=f"case:{case.pk}", facts={"copy": str(copy.pk)})
    return copy

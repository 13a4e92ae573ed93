"""Printing a paper of a case: who may, what is recorded. Who sees the case may print what he sees of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import NotVisible
from cases.kept import require_content
from cases.paper import press, sheets
from cases.queries.dossier import Dossier, dossier


class Paper(models.TextChoices):
    """The papers there are; the code is the template's name and the part of the address."""

    APPROVAL_SHEET = "approval_sheet", _("审批表")
    DOSSIER_COVER = "dossier_cover", _("卷宗封面")
    LEG_LIST = "leg_list", _("流转清单")


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper: its file name (no names of people in it) and its bytes."""

    name: str
    content: bytes


_SHEETS: Mapping[Paper, Callable[[Dossier], dict[str, Any]]] = {
    Paper.APPROVAL_SHEET: sheets.approval_sheet,
    Paper.DOSSIER_COVER: sheets.dossier_cover,
    Paper.LEG_LIST: sheets.leg_list,
}


def print_paper(*, actor: Actor, case_id: UUID, paper: str) -> Printed:
    """The paper of a visible case, in Chinese whatever the language of the page; recorded with the hash of its bytes.

    Opinions are those the actor reads (cases/notes.py), document numbers are masked as on the page. Raises NotVisible
    (hidden, absent, or no such paper) and what press.pdf raises.
    """
    told = dossier(actor, case_id)
    if paper not in Paper.values:
        raise NotVisible
    if paper == Paper.APPROVAL_SHEET:
        require_content(told.case)
    with translation.override("zh-hans"):
        # The moment of the last change stands for now: printing again tomorrow gives the same bytes.
        data = _SHEETS[Paper(paper)](replace(told, now=told.case.updated_at))
        name = f"{Paper(paper).label}_{told.case.number}.pdf"
    content = press.pdf(paper, data)
    facts = {"paper": paper, "sha256": hashlib.sha256(content).hexdigest()}
    audit.record(actor=actor, kind="case.print", subject=f"case:{told.case.pk}", facts=facts)
    return Printed(name, content)

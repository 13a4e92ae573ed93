"""`codes/`: every closed list, with its words in both languages."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.schema import TEXT, Json, closed, doc, listed, one_of, shape
from agencies.models.tree import Tier
from agencies.roles import Role
from cases.models import Direction, Mark, Outcome, Phase, Side, Status, SubjectKind, Urgency, Usefulness
from cases.workflow import TRANSITIONS
from treaties.models import Channel, Course, RefusalGround, ReturnReason, Strength, UsedBy

_CHOICES: dict[str, type[TextChoices]] = {
    "directions": Direction,
    "statuses": Status,
    "urgencies": Urgency,
    "marks": Mark,
    "subject_kinds": SubjectKind,
    "outcomes": Outcome,
    "usefulness": Usefulness,
    "sides": Side,
    "phases": Phase,
    "roles": Role,
    "tiers": Tier,
    "courses": Course,
}
_WORDS: dict[str, Json] = {"code": TEXT, "name_zh": TEXT, "name_en": TEXT}
_CODE = shape("Code", closed(_WORDS))
_STEP = shape("Step", closed({**_WORDS, "direction": one_of(Direction.values), "roles": listed(one_of(Role.values))}))
_GROUND_WORDS = {"article": TEXT, "strength": one_of(Strength.values), "used_by": one_of(UsedBy.values)}
_GROUND = shape("RefusalGround", closed({**_WORDS, **_GROUND_WORDS}))
_CHANNEL = shape("Channel", closed({**_WORDS, "via": TEXT, "article": TEXT}))
CODES = shape(
    "Codes",
    closed(
        {
            **{name: listed(_CODE) for name in _CHOICES},
            "steps": listed(_STEP),
            "channels": listed(_CHANNEL),
            "return_reasons": listed(_CODE),
            "refusal_grounds": listed(_GROUND),
        }
    ),
)


class Codes(Door):
    reads = ""

    @doc(_("代码表"), CODES)
    def get(self, request: Request) -> Response:
        found: dict[str, Any] = {
            name: [_both(value, label) for value, label in choices.choices] for name, choices in _CHOICES.items()
        }
        found["steps"] = [
            {**_both(row.name, row.label), "direction": row.direction, "roles": sorted(row.roles)}
            for row in TRANSITIONS.values()
        ]
        found["channels"] = list(Channel.objects.values(*_WORDS, "via", "article"))
        found["return_reasons"] = list(ReturnReason.objects.values(*_WORDS))
        found["refusal_grounds"] = list(RefusalGround.objects.values(*_WORDS, *_GROUND_WORDS))
        return Response(found)


def _both(code: str, label: object) -> Json:
    words = {}
    for name, language in (("name_zh", "zh-hans"), ("name_en", "en")):
        with translation.override(language):
            words[name] = str(label)
    return {"code": code, **words}

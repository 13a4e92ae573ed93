"""The forms of what is done to a clock; what was posted stays in them with what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.doors import words
from agencies.errors import DomainError
from cases.deadline_input import REASON_LIMIT, TEXT_LIMIT, TOLD_LIMIT
from cases.deadlines import extension_left
from cases.models import Deadline, PauseCategory
from cases.queries.dossier import Dossier
from cases.web.step_forms import Input
from countries.calendars import SHANGHAI
from treaties.queries import Limit

LABELS: Mapping[str, str | Promise] = {
    "pause": pgettext_lazy("clock act", "暂停"),
    "resume": gettext_lazy("恢复计时"),
    "extend": pgettext_lazy("clock act", "延长"),
    "explain": gettext_lazy("写明超期原因"),
    "finish": pgettext_lazy("clock act", "登记办结"),
    "record": gettext_lazy("登记期限起算"),
}
DONE: Mapping[str, str | Promise] = {
    "pause": gettext_lazy("已暂停计时；恢复以后到期时间按暂停的时间顺延。"),
    "extend": gettext_lazy("已延长，原定的到期时间保留在记录里。"),
    "explain": gettext_lazy("超期原因已保存，已告知上级机关。"),
    "finish": gettext_lazy("已登记办结。"),
    "record": gettext_lazy("已开始计时。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What was typed, and why it was refused."""

    data: Mapping[str, Any] = field(default_factory=dict)
    error: DomainError | None = None

    def errors(self, name: str) -> list[str]:
        """The words against one input."""
        reasons = self.error.reasons if self.error else []
        return [str(reason.words) for reason in reasons if reason.pointer == f"/{name}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockForm:
    """One act, ready for cases/_clock_form.html."""

    act: str
    label: object
    url: str
    inputs: Sequence[Input]
    hint: object = ""
    error: DomainError | None = None

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every fault with the input it is about."""
        ids = {one.name: one.id for one in self.inputs}
        reasons = self.error.reasons if self.error else []
        return [(str(reason.words), ids.get(reason.pointer.lstrip("/"), "")) for reason in reasons]


def form(dossier: Dossier, clock: Deadline, act: str, posted: Posted | None = None) -> ClockForm:
    """The form of `act` on a clock, empty or as it was posted."""
    given = posted or Posted()
    hint, inputs = _FORMS[act](dossier, clock)
    url = reverse("case-deadline-act", args=[dossier.case.pk, clock.pk, act])
    return _form(act, url, inputs, hint, f"{act}-{clock.pk}", given)


def _offer(row: Limit) -> str:
    """A period by its name and length."""
    return _("%(name)s（%(period)s）") % {"name": row.name, "period": words.period(row.amount or 0, row.unit)}


def record_form(dossier: Dossier, offered: Sequence[Limit], posted: Posted | None = None) -> ClockForm:
    """The form that starts one of the `offered` periods."""
    options = [(row.key, _offer(row)) for row in offered]
    inputs: list[dict[str, Any]] = [
        {"name": "limit", "kind": "code", "label": _("期限"), "options": options},
        {"name": "at", "kind": "moment", "label": _("起算的时间"), "required": True},
    ]
    url = reverse("case-deadline-record", args=[dossier.case.pk])
    hint = _("采取措施、冻结、约定移交等，从这一刻起计时。")
    return _form("record", url, inputs, hint, "record", posted or Posted())


def _form(act: str, url: str, inputs: Sequence[dict[str, Any]], hint: object, stem: str, posted: Posted) -> ClockForm:
    built = [
        Input(
            **{
                **one,
                "id": f"{stem}-{one['name']}",
                "value": posted.data.get(one["name"], one.get("value", "")),
                "errors": posted.errors(one["name"]),
            }
        )
        for one in inputs
    ]
    return ClockForm(act=act, label=LABELS[act], url=url, inputs=built, hint=hint, error=posted.error)


_Built = tuple[object, list[dict[str, Any]]]


def _pause(dossier: Dossier, clock: Deadline) -> _Built:
    return _("暂停多久，到期就顺延多久。"), [
        {"name": "category", "kind": "code", "label": _("为什么暂停"), "options": PauseCategory.choices},
        {"name": "reason", "kind": "text", "label": _("理由"), "required": True, "limit": REASON_LIMIT},
        {**_moment(dossier, "from", _("从什么时候起")), "hint": _("不能早于起算，不能在将来。")},
    ]


def _resume(dossier: Dossier, clock: Deadline) -> _Built:
    return _("恢复以后，到期按暂停的时间顺延。"), [_moment(dossier, "at", _("什么时候恢复"))]


def _extend(dossier: Dossier, clock: Deadline) -> _Built:
    left = words.period(extension_left(clock), clock.unit)
    hint = _("每次最多延长 %(left)s。") if clock.renewable else _("最多还能延长 %(left)s。")
    return _("原定的到期时间保留在记录里。"), [
        {"name": "amount", "kind": "number", "label": _("延长多少"), "hint": hint % {"left": left}},
        {"name": "reason", "kind": "text", "label": _("理由"), "required": True, "limit": REASON_LIMIT},
    ]


def _explain(dossier: Dossier, clock: Deadline) -> _Built:
    today = dossier.now.astimezone(SHANGHAI).date().isoformat()
    if clock.agency is None:
        said = _("超期的是外方，不算本机关超期。写明催办到哪一步，向谁报告过。")
    else:
        said = _("超过期限的，应当说明原因，逐级上报。")
    return said, [
        {"name": "text", "kind": "text", "label": _("为什么超期"), "required": True, "limit": TEXT_LIMIT},
        {"name": "told_to", "kind": "text", "label": _("告知了谁"), "required": True, "limit": TOLD_LIMIT},
        {"name": "told_on", "kind": "date", "label": _("哪一天告知的"), "required": True, "value": today},
    ]


def _finish(dossier: Dossier, clock: Deadline) -> _Built:
    return _("这一项期限要办的事已经办完。"), [_moment(dossier, "at", _("什么时候办结"))]


def _moment(dossier: Dossier, name: str, label: object) -> dict[str, Any]:
    """A moment that is now unless somebody says otherwise."""
    now = dossier.now.astimezone(SHANGHAI)
    return {"name": name, "kind": "moment", "label": label, "required": True, "value": f"{now:%Y-%m-%dT%H:%M}"}


_FORMS: Mapping[str, Callable[[Dossier, Deadline], _Built]] = {
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "explain": _explain,
    "finish": _finish,
}

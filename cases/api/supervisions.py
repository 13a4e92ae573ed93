"""`supervisions/`: reminders and orders, issued, answered, closed and raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.api.tree import NAMED
from agencies.doors import paging
from agencies.doors.idempotency import once
from agencies.doors.parsing import object_of
from agencies.doors.reading import Query
from agencies.doors.schema import (
    DATE,
    MOMENT,
    PAGING,
    TEXT,
    Json,
    Parameters,
    closed,
    doc,
    json_body,
    listed,
    nullable,
    one_of,
    page_of,
    shape,
)
from agencies.doors.schema import UUID as ID
from agencies.errors import Malformed, Reason
from agencies.moments import clock
from agencies.queries import agency_by_code
from cases.api import bodies, shapes
from cases.api.door import CaseDoor
from cases.api.parts import whole
from cases.models import Deadline, Supervision, SupervisionKind, SupervisionState
from cases.queries import supervisions as ledger
from cases.queries.supervisions import OVERDUE, Wanted
from cases.supervision import acts, issuing, sight

_AGENCY = {**TEXT, "pattern": "^[0-9]{12}$"}
_QUERY: Parameters = {
    "state": (
        one_of([*SupervisionState.values, OVERDUE]),
        gettext_lazy("状态；overdue 是逾期还没有反馈的。"),
    ),
    "kind": (one_of(SupervisionKind.values), gettext_lazy("催办（reminder）还是督办（order）。")),
    "agency": (_AGENCY, gettext_lazy("被催办、督办机关的代码。")),
    "issued_by": (_AGENCY, gettext_lazy("发出机关的代码。")),
    "case": (ID, gettext_lazy("案件的 id。")),
    **PAGING,
}
SUPERVISION = shape(
    "Supervision",
    closed(
        {
            "id": ID,
            "number": TEXT,
            "kind": one_of(SupervisionKind.values),
            "state": one_of(SupervisionState.values),
            "case": ID,
            "agency": NAMED,
            "issued_by": NAMED,
            "officer": nullable(shapes.OFFICER),
            "batch": nullable(ID),
            "text": TEXT,
            "issued_at": MOMENT,
            "due_at": nullable(MOMENT),
            "feedback": TEXT,
            "feedback_by": nullable(shapes.OFFICER),
            "feedback_at": nullable(MOMENT),
            "escalated_to": nullable(NAMED),
            "escalated_at": nullable(MOMENT),
            "closing_note": TEXT,
            "closed_by": nullable(shapes.OFFICER),
            "closed_at": nullable(MOMENT),
        }
    ),
)
_PAGE = page_of(SUPERVISION)
_WORDS = r"[^\s\x1c-\x1f\x85]"  # not blank
_CASES = {**listed(ID, issuing.MOST), "minItems": 1, "uniqueItems": True}
_REMINDER = closed(
    {
        "kind": one_of([SupervisionKind.REMINDER.value]),
        "cases": _CASES,
        "agency": nullable(_AGENCY),
        "text": nullable({**TEXT, "maxLength": issuing.LIMIT}),
    },
    required=["kind", "cases"],
)
_ORDER = closed(
    {
        "kind": one_of([SupervisionKind.ORDER.value]),
        "cases": _CASES,
        "agency": nullable({**_AGENCY, "description": gettext_lazy("不写是案件现在所在的、或者有事要办的下级机关。")}),
        "text": {**TEXT, "maxLength": issuing.LIMIT, "pattern": _WORDS},
        "due_on": nullable({**DATE, "description": gettext_lazy("反馈期限的那一天；不写按内部时限。")}),
    },
    required=["kind", "cases", "text"],
)
NEW = shape("NewSupervision", {"oneOf": [shape("NewReminder", _REMINDER), shape("NewOrder", _ORDER)]})


def _needed(name: str) -> Json:
    return closed({name: {**TEXT, "maxLength": acts.LIMIT, "pattern": _WORDS}}, required=[name])


def _optional(name: str) -> Json:
    return closed({name: nullable({**TEXT, "maxLength": acts.LIMIT})}, required=[])


class Supervisions(CaseDoor):
    """GET lists what the caller may see of cases in his sight; POST issues one on each named case, on all or on none."""

    query = frozenset(_QUERY)

    @doc(gettext_lazy("查督办"), _PAGE, query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size, wanted, after = paging.page_size(params), _wanted(params), _after(params)
        page = ledger.page(self.actor, wanted, clock(), size=size, after=after)
        rows = _bodies(page.rows)
        cursor = paging.encode([str(page.after)]) if page.after else None
        query = params.copy()
        if cursor is not None:
            query["cursor"] = cursor
        link = request.build_absolute_uri(f"{request.path}?{query.urlencode()}") if cursor else None
        return Response({"results": rows, "next": link, "next_cursor": cursor})

    @doc(gettext_lazy("催办或者督办"), _PAGE, status=201, body=json_body(NEW), headers="key")
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._issue(request))

    def _issue(self, request: Request) -> Response:
        raw = object_of(request)
        case_ids = _case_ids(raw.get("cases"))
        wording = issuing.parse({name: value for name, value in raw.items() if name != "cases"})
        made = issuing.issue_all(actor=self.actor, case_ids=case_ids, wording=wording)
        answer = whole(_bodies(made))
        answer.status_code = 201
        return answer


class _Act(CaseDoor):
    """One act on one supervision; the answer is how it then stands."""

    def take(self, request: Request, supervision_id: UUID, field: str, act: Callable[..., Supervision]) -> Response:
        """`field` of the body goes into `act` under its own name."""

        def run() -> Response:
            raw = object_of(request, optional=True)
            reasons = [
                Reason("unknown_field", _("不认识的字段。"), f"/{name}") for name in sorted(raw.keys() - {field})
            ]
            if reasons:
                raise Malformed(reasons=reasons)
            act(actor=self.actor, supervision_id=supervision_id, **{field: raw.get(field)})
            one = sight.in_sight(self.actor).select_related(*sight.PARTIES).get(pk=supervision_id)
            return Response(_bodies([one])[0])

        return once(request, run)


class Answer(_Act):
    """The feedback of the agency that was ordered."""

    @doc(gettext_lazy("反馈"), SUPERVISION, body=json_body(_needed("feedback")), headers="key")
    def post(self, request: Request, supervision_id: UUID) -> Response:
        return self.take(request, supervision_id, "feedback", acts.answer)


class Close(_Act):
    """An order takes a note; before its feedback it is thereby withdrawn."""

    @doc(
        gettext_lazy("办结督办；还没有反馈的，写明理由撤销"),
        SUPERVISION,
        body=json_body(_optional("note")),
        headers="key",
    )
    def post(self, request: Request, supervision_id: UUID) -> Response:
        return self.take(request, supervision_id, "note", acts.close)


class Escalate(_Act):
    """To the agency above the one that has it now."""

    @doc(gettext_lazy("提级督办"), SUPERVISION, body=json_body(_needed("reason")), headers="key")
    def post(self, request: Request, supervision_id: UUID) -> Response:
        return self.take(request, supervision_id, "reason", acts.escalate)


def _case_ids(raw: object) -> list[UUID]:
    if not isinstance(raw, list):
        raise Malformed(reasons=[Reason("not_a_list", _("这里要填一个列表。"), "/cases")])
    found, reasons = [], []
    for index, text in enumerate(raw):
        try:
            found.append(UUID(str(text)))
        except ValueError:
            reasons.append(Reason("bad_id", _("不是有效的 id。"), f"/cases/{index}"))
    if reasons:
        raise Malformed(reasons=reasons)
    return found


def _wanted(params: Mapping[str, str]) -> Wanted:
    query = Query(params)
    wanted = Wanted(
        state=query.one_of("state", [*SupervisionState.values, OVERDUE]),
        kind=query.one_of("kind", SupervisionKind.values),
        agency=_agency(query, "agency"),
        issued_by=_agency(query, "issued_by"),
        case=_id(query, "case"),
    )
    query.check()
    return wanted


def _agency(query: Query, name: str) -> int:
    code = query.text(name, 60)
    row = agency_by_code(code) if code else None
    if row is None and query.given(name):
        query.unknown(name)
    return row.pk if row else 0


def _id(query: Query, name: str) -> UUID | None:
    text = query.text(name, 60)
    try:
        return UUID(text) if query.given(name) else None
    except ValueError:
        query.fault("bad_id", _("不是有效的 id。"), name)
        return None


def _after(params: Mapping[str, str]) -> UUID | None:
    if "cursor" not in params:
        return None
    (position,) = paging.decode(params["cursor"], 1)
    try:
        return UUID(position)
    except ValueError:
        raise paging.bad_cursor() from None


def _bodies(rows: Sequence[Supervision]) -> list[Json]:
    clocks = ledger.clocks_of(rows)
    return [_body(one, clocks.get(one.pk)) for one in rows]


def _body(one: Supervision, feedback: Deadline | None) -> Json:
    return {
        "id": one.pk,
        "number": one.number,
        "kind": one.kind,
        "state": one.state,
        "case": one.case_id,
        "agency": bodies.agency(one.agency),
        "issued_by": bodies.agency(one.issued_by),
        "officer": bodies.officer(one.officer),
        "batch": one.batch,
        "text": one.text,
        "issued_at": one.issued_at,
        "due_at": feedback and feedback.due_at,
        "feedback": one.feedback,
        "feedback_by": bodies.officer(one.feedback_by),
        "feedback_at": one.feedback_at,
        "escalated_to": one.escalated_to and bodies.agency(one.escalated_to),
        "escalated_at": one.escalated_at,
        "closing_note": one.closing_note,
        "closed_by": bodies.officer(one.closed_by),
        "closed_at": one.closed_at,
    }

"""The form of a step, built from the workflow table's fields; what was posted stays in it with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from agencies.errors import DomainError, Reason
from agencies.officers import officers_at
from agencies.queries import next_below
from cases.models import Decision, Direction, Outcome, RequestItem
from cases.queries.dossier import Dossier
from cases.queries.drafting import Requirement
from cases.queries.review import Ground
from cases.web.papers import upload_rules
from cases.web.step_posts import Posted, named
from cases.workflow import Field, Kind, Move, Transition
from treaties.codes import CODES
from treaties.models import UsedBy
from treaties.queries import grounds_offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input as the page shows it. `value` is text, a list of codes, or a mapping of parts."""

    name: str
    id: str
    kind: str
    label: object
    hint: object = ""
    required: bool = False
    limit: int = 4000
    value: Any = ""
    options: Sequence[tuple[str, object]] = ()
    groups: Sequence[tuple[object, Sequence[tuple[str, str]]]] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    # Groups that hold something chosen: they stand open.
    unfolded: Sequence[object] = ()
    errors: Sequence[str] = ()
    error_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForm:
    """A step that may be taken, with its inputs; `summary` links every fault to its input."""

    transition: Transition
    leads: object
    version: int
    inputs: Sequence[Input]
    open: bool = False
    message: object = ""
    summary: Sequence[tuple[str, str]] = ()
    upload: Mapping[str, Any] | None = None  # set where files come with the step
    upload_label: object = ""


def build(
    dossier: Dossier,
    transition: Transition,
    *,
    leads: object,
    opened: bool = False,
    posted: Posted | None = None,
    error: DomainError | None = None,
) -> StepForm:
    """The form of one step: empty, or as it was posted with the reasons of its refusal at their inputs."""
    reasons = named(error.reasons if error else (), posted)
    shown = [one for one in transition.fields if one.offered(dossier.case, dossier.leg) or _typed(one, posted)]
    inputs = [_input(dossier, transition, one, posted, reasons) for one in shown]
    ids = {one.name: one.id for one in inputs} | {"file": f"{transition.name}-file"}
    return StepForm(
        transition=transition,
        leads=leads,
        version=dossier.case.version,
        inputs=inputs,
        open=opened,
        message=error.message if error else "",
        summary=[(str(reason.words), _anchor(reason.pointer, ids)) for reason in reasons],
        upload=upload_rules() if brings_files(transition) else None,
        upload_label=_("结果的文件") if transition.move is Move.RESULT else _("答复的文件"),
    )


def _typed(one: Field, posted: Posted | None) -> bool:
    """What was typed is shown, also where the field is not offered."""
    return posted is not None and bool(posted.data.get(one.name))


def brings_files(transition: Transition) -> bool:
    """A reply comes with the papers that hold it, and so do a result, an answer and a supplement."""
    with_papers = (Move.REPLY, Move.LATE, Move.RESULT, Move.ANSWER)
    return transition.move in with_papers or transition.name == "record_supplement"


def _anchor(pointer: str, ids: Mapping[str, str]) -> str:
    """The input that a pointer means, for a link; '' when it means nothing on this form."""
    name, _slash, rest = pointer.lstrip("/").partition("/")
    if name not in ids:
        return ""
    return f"{ids[name]}-{rest.replace('/', '-')}" if rest and not rest.isdigit() else ids[name]


def _input(
    dossier: Dossier, transition: Transition, one: Field, posted: Posted | None, reasons: Sequence[Reason]
) -> Input:
    mine = [reason for reason in reasons if reason.pointer.lstrip("/").split("/")[0] == one.name]
    value = posted.data.get(one.name) if posted else None
    look = _look(transition, one)
    if look == "lines":
        value = "\n".join(value or ())
    return Input(
        name=one.name,
        id=f"{transition.name}-{one.name}",
        kind=look,
        label=one.label,
        hint=one.hint,
        required=one.required,
        limit=one.limit,
        value=value or ("" if look == "lines" else _EMPTY.get(one.kind, "")),
        options=_options(dossier, transition, one),
        groups=(groups := _groups(dossier, transition, one)),
        unfolded=[law for law, some in groups if any(code in (value or ()) for code, _label in some)],
        rows=_rows(_asked(dossier, one), value or [], mine) if one.kind in (Kind.OUTCOMES, Kind.DECISIONS) else (),
        errors=[str(reason.words) for reason in mine if reason.pointer.count("/") < 2 or _is_entry(reason.pointer)],
        error_of={
            reason.pointer.split("/")[-1]: str(reason.words) for reason in mine if reason.pointer.count("/") == 2
        },
    )


_EMPTY: Mapping[Kind, Any] = {
    Kind.CODES: [],
    Kind.KEYS: [],
    Kind.TEXTS: [],
    Kind.AGENCIES: [],
    Kind.COUNTERPART: {},
    Kind.OUTCOMES: [],
    Kind.DECISIONS: [],
}


def _look(transition: Transition, one: Field) -> str:
    """How the page shows the field: the blocks of cases/_step_input.html."""
    if one.kind is Kind.AGENCIES:
        return "codes" if transition.move is Move.ASSIGN else "lines"
    looks = {Kind.AGENCY: "code", Kind.KEYS: "codes", Kind.TEXTS: "lines"}
    return looks.get(one.kind, str(one.kind.value))


def _is_entry(pointer: str) -> bool:
    """Does it point at one entry of a list of codes (/reasons/0)?"""
    return pointer.rpartition("/")[2].isdigit()


def _options(dossier: Dossier, transition: Transition, one: Field) -> list[tuple[str, object]]:
    held = dossier.leg.agency if dossier.leg else None
    if one.kind is Kind.OFFICER:
        return [(officer.police_number, officer.name) for officer in officers_at(held.pk if held else 0)]
    if one.kind in (Kind.AGENCY, Kind.AGENCIES):
        below = next_below(held) if held and transition.move is Move.ASSIGN else ()
        return [(agency.code, agency.name) for agency in below]
    if one.kind is Kind.KEYS:
        return [(one.key, _cited(one)) for one in dossier.measure.contents]
    if isinstance(one.source, tuple):
        return list(one.source)
    if one.source and one.kind is not Kind.OUTCOMES and one.source != "refusal_grounds":
        return [(row.code, row.name) for row in CODES[one.source]._default_manager.order_by("position")]
    return []


def _cited(one: Requirement) -> str:
    return _("%(name)s（%(article)s）") % {"name": one.words, "article": one.article} if one.cite else one.words


def _groups(dossier: Dossier, transition: Transition, one: Field) -> Sequence[tuple[object, Sequence[tuple[str, str]]]]:
    """The grounds of a refusal, by law: theirs when they answer us, ours with article and strength when we do."""
    if one.kind is Kind.OUTCOMES and transition.direction == Direction.OUTGOING:
        offered = grounds_offered(dossier.case.request_type, UsedBy.THEIRS)
        return [(law, [(ground.code, ground.name) for ground in grounds]) for law, grounds in offered]
    ours = one.kind in (Kind.OUTCOMES, Kind.DECISIONS) or one.source == "refusal_grounds"
    if not ours:
        return []
    refusing = [(law, [_ground(ground) for ground in grounds]) for law, grounds in dossier.measure.refusing]
    if one.kind is not Kind.CODES:
        return refusing
    return [*refusing, (_("推迟执行的理由"), [_ground(ground) for ground in dossier.measure.postponing])]


def _ground(ground: Ground) -> tuple[str, str]:
    """A ground with its strength and its article, side by side with the decision."""
    if not ground.cite:
        return ground.key, ground.words
    said = _("%(name)s（%(strength)s，%(article)s）")
    return ground.key, said % {"name": ground.words, "strength": ground.strength.word, "article": ground.article}


def _asked(dossier: Dossier, one: Field) -> Sequence[RequestItem]:
    """The items to be answered: of a foreign request those that we did not refuse."""
    if one.kind is Kind.DECISIONS or dossier.case.direction == Direction.OUTGOING:
        return dossier.items
    return [item for item in dossier.items if item.decision != Decision.REFUSE]


def _rows(items: Sequence[RequestItem], given: Sequence[Mapping[str, str]], reasons: Sequence[Reason]) -> list[Any]:
    """One row for each item of the case: what stands, what was typed, what is wrong with it."""
    typed = {row["id"]: row for row in given}
    rows = []
    for item in items:
        pk = str(item.pk)
        wrong = {r.pointer.split("/")[-1]: str(r.words) for r in reasons if r.pointer.startswith(f"/items/{pk}/")}
        rows.append({"item": item, "id": pk, "typed": typed.get(pk, {}), "wrong": wrong} | _CHOICES)
    return rows


_CHOICES = {
    "outcomes": [choice for choice in Outcome.choices if choice[0] != Outcome.WAITING],
    "decisions": Decision.choices,
}

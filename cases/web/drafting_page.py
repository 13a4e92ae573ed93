"""What the drafting page shows: the form in blocks with what the law wants, what is missing, the conflict, the route."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import Actor
from agencies.delegations import doer
from agencies.errors import DomainError, GuardFailed, Malformed, Reason, StaleVersion
from agencies.models import Agency
from agencies.queries import route_of
from cases import drafts, duplicates, files, policies
from cases.copies import origin_of
from cases.journey import journey_of
from cases.models import BorderMatter, Case, Direction, Mark, Status, SubjectKind, SubjectRole, Urgency
from cases.queries import choices, drafting
from cases.queries.changes import Change, compare
from cases.queries.drafting import Requirement
from cases.web import case_advice, draft_form
from cases.web.draft_form import Form
from cases.web.papers import files_shown, upload_rules
from cases.workflow import TRANSITIONS
from treaties.models import Course

FIELD_WORDS: dict[str, Promise] = {
    "country": gettext_lazy("国家"),
    "request_type": gettext_lazy("请求类型"),
    "urgency": gettext_lazy("紧急程度"),
    "mark": gettext_lazy("标识"),
    "border_matter": gettext_lazy("边境事项"),
    "title": gettext_lazy("标题"),
    "summary": gettext_lazy("案情"),
    "purpose": gettext_lazy("目的"),
    "subjects": gettext_lazy("涉案人员和单位"),
    "items": gettext_lazy("请求事项"),
    # of a foreign request (登记来函)
    "their_reference": gettext_lazy("对方编号"),
    "requesting_authority": gettext_lazy("请求机关"),
    "received_on": gettext_lazy("收到日期"),
    "received_via": gettext_lazy("来函渠道"),
    "wanted_by": gettext_lazy("请求书所附办理期限"),
    "file": gettext_lazy("文件"),
}

SUBJECT_WORDS: dict[str, Promise] = {
    "kind": gettext_lazy("类别"),
    "name": gettext_lazy("姓名或名称"),
    "role": gettext_lazy("在案身份"),
    "birth_date": gettext_lazy("出生日期"),
    "nationality": gettext_lazy("国籍"),
    "document_number": gettext_lazy("证件号码"),
}


@dataclass(slots=True)
class Block:
    """A part of the form: what it covers, and the requirement of the law that it answers.

    `later` parts are not asked for when the request is submitted, and do not count as missing.
    """

    key: str
    title: Promise
    pointers: tuple[str, ...]
    law_keys: tuple[str, ...] = ()
    later: bool = False
    requirement: Requirement | None = None
    state: str = ""  # done | miss | ''
    gaps: list[Reason] = field(default_factory=list)


def _blocks() -> list[Block]:
    return [
        Block(
            "basics",
            gettext_lazy("基本信息"),
            ("/title", "/urgency", "/mark", "/border_matter"),
            ("request_letter", "application"),
        ),
        Block(
            "facts",
            gettext_lazy("案情和涉案人"),
            ("/summary", "/subjects"),
            ("case_persons_facts", "offence_facts", "person_sought"),
        ),
        Block("matters", gettext_lazy("请求的事项和目的"), ("/items", "/purpose"), ("matter_and_purpose",)),
        Block("papers", gettext_lazy("附件与译文"), ("/file",), later=True),
    ]


def show(
    request: HttpRequest,
    case: Case,
    form: Form,
    *,
    status: int = 200,
    error: DomainError | None = None,
    focus: str = "",
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    """Render the drafting page with `form` as it was typed."""
    gaps = drafting.missing(case)
    law = drafting.wanted(case.request_type)
    blocks = _judged(gaps, law.contents, form)
    asked = [block for block in blocks if not block.later]
    done = sum(block.state == "done" for block in asked)
    known = {"/file", *(gap.pointer for gap in gaps)}
    wrong = [] if isinstance(error, GuardFailed) else [r for r in form.reasons if r.pointer not in known]
    used = {block.requirement.key for block in blocks if block.requirement}
    last = drafting.last_save(case)
    context = {
        "case": case,
        "form": form,
        "status": status,
        "error": error,
        "conflict": conflict,
        "focus": focus,
        "gaps": gaps,
        "wrong": wrong,
        "gap_links": links(gaps) + links(wrong, labelled=True),
        "error_links": links(form.reasons, labelled=isinstance(error, Malformed)),
        "share": 100 * done // len(asked),
        "blocks": {block.key: block for block in blocks},
        "done": done,
        "asked": len(asked),
        "others": [item for item in law.contents if item.key not in used],
        "attachments_wanted": law.attachments,
        "files": files_shown(files.files_of(case)),
        **_others(request.actor, case),  # type: ignore[attr-defined]
        "upload": upload_rules(),
        "correction": drafting.correction(case) if case.status == Status.RETURNED else None,
        "last": last,
        "subjects": [(str(n), row) for n, row in enumerate(form.subjects)],
        "items": [(str(n), row) for n, row in enumerate(form.items)],
        "kind": re.sub(r"[（(][^（(]*[）)]$", "", case.request_type.name) if case.request_type else "",
        "submit": TRANSITIONS[Direction.OUTGOING, "submit"],
        "page": get_random_string(12),
        "choices": _choices(form),
    }
    return render(request, "cases/edit.html", context | _way(request, case), status=status)


def _way(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Where the draft will go, and which request it adds to."""
    way = {"border": at_the_border(case), "route": way_of(case), "supplements": _first(request, case)}
    return way | case_advice.panel(case, case_advice.held(request, case))


def _others(actor: Actor, case: Case) -> dict[str, Any]:
    """What other requests have to do with this one: what it was copied from, what looks like it."""
    copied = origin_of(actor, case) if case.status == Status.DRAFT else None
    return {"copied": copied, "duplicates": duplicate_lines(actor, case)}


def duplicate_lines(actor: Actor, case: Case) -> list[dict[str, str]]:
    """The requests in the drafter's own sight that look like this one: where, which, and why."""
    return [
        {
            "href": reverse("case-detail", args=[match.case_id]),
            "number": match.number,
            "status": str(Status(match.status).label),
            "names": "、".join(match.names),
            "why": _("证件号码相同") if match.by_document else _("姓名相同，出生日期或国籍相同"),
        }
        for match in duplicates.shown_to(actor, case)
    ]


def anchor(reason: Reason) -> str:
    """Where on the page a reason is mended: /subjects/0/name → #f-subjects-0-name."""
    return "#f" + reason.pointer.replace("/", "-")


def links(reasons: list[Reason], *, labelled: bool = False) -> list[dict[str, object]]:
    """Reasons with the place where each is mended, and its name when the words alone do not say it."""
    return [
        {"href": anchor(reason), "words": reason.words, "label": label_of(reason.pointer) if labelled else ""}
        for reason in reasons
    ]


def label_of(pointer: str) -> str:
    """/subjects/1/birth_date → 涉案人员和单位 2，出生日期."""
    name, _slash, rest = pointer.lstrip("/").partition("/")
    index, _slash, part = rest.partition("/")
    label = str(FIELD_WORDS.get(name, ""))
    if index.isdigit():
        label = _("%(label)s %(n)s") % {"label": label, "n": int(index) + 1}
    if part in SUBJECT_WORDS:
        label = _("%(label)s，%(part)s") % {"label": label, "part": SUBJECT_WORDS[part]}
    return label


def conflict(request: HttpRequest, actor: Actor, case_id: UUID, form: Form) -> HttpResponse:
    """Somebody else saved in between: what is stored now beside what was typed here, and the form with every word."""
    case = policies.get_visible(actor, case_id)
    stored = drafts.content_of(case)
    content, reasons = draft_form.parse(form, lists="rows" in request.POST)
    form.blame(reasons)
    typed = stored | {name: _plain(value) for name, value in content.items()} | form.chosen
    error = StaleVersion(current=case.version)
    by = drafting.last_save(case)
    changes = [_labelled(change) for change in compare(stored, typed)]
    shown = {"changes": changes, "by": by, "who": doer(by) if by else ""}
    return show(request, case, form, status=error.status, conflict=shown)


def signed_out(request: HttpRequest, names: Sequence[str] = draft_form.PLAIN) -> HttpResponse:
    """The session has ended: a reader logs in first; a writer sees what he wrote, and may send it again after that."""
    if request.method == "GET":
        return redirect_to_login(request.get_full_path())
    hidden = {"csrfmiddlewaretoken", "page"}
    sent = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in hidden]
    form = draft_form.posted(request.POST, names)
    shown = ("name", "nationality", "birth_date", "document_number")
    codes = {"urgency", "mark", "border_matter", "received_via"}
    words = [(FIELD_WORDS[name], form.plain.get(name, "")) for name in names if name not in codes]
    words += [(FIELD_WORDS["items"], row.values["description"]) for row in form.items]
    words += [(FIELD_WORDS["subjects"], " ".join(filter(None, map(row.values.get, shown)))) for row in form.subjects]
    context = {"sent": sent, "typed": [(label, text) for label, text in words if text]}
    return render(request, "cases/signed_out.html", context, status=401)


def _judged(gaps: list[Reason], law: Sequence[Requirement], form: Form) -> list[Block]:
    """The blocks with their marks: missing or wrong, done, or not asked for yet."""
    by_key = {item.key: item for item in law}
    blocks = _blocks()
    for block in blocks:
        block.requirement = next((by_key[key] for key in block.law_keys if key in by_key), None)
        block.gaps = [reason for reason in gaps if reason.pointer in block.pointers]
        wrong = any(reason.pointer.startswith(block.pointers) for reason in form.reasons)
        block.state = "miss" if block.gaps or wrong else "" if block.later else "done"
    return blocks


def _first(request: HttpRequest, case: Case) -> Case | None:
    """The request that the draft adds to, when the reader may see it."""
    seen = policies.visible_to(request.actor)  # type: ignore[attr-defined]
    return seen.filter(pk=case.supplements_id).first() if case.supplements_id else None


def at_the_border(case: Case) -> bool:
    """Is there a border matter to choose, or one that must be taken back?"""
    border = case.request_type is not None and case.request_type.course == Course.BORDER
    return case.at_the_border or (border and case.origin.is_border)


def way_of(case: Case) -> Sequence[Agency]:
    """The agencies that the draft passes: to the terminal desk, a border matter to its province."""
    leg = policies.open_leg(case)
    return journey_of(case, leg).route if leg else route_of(case.origin)


def _choices(form: Form) -> dict[str, Any]:
    written = [row.values.get("role", "") for row in form.subjects]
    others = [(role, role) for role in dict.fromkeys(written) if role and role not in SubjectRole.values]
    return {
        "urgency": Urgency.choices,
        "mark": Mark.choices,
        "border_matter": BorderMatter.choices,
        "kind": SubjectKind.choices,
        "role": [*SubjectRole.choices, *others],
        "countries": draft_form.country_names(),
    }


def _plain(value: Any) -> Any:
    """A parsed value as drafts.content_of gives it."""
    if isinstance(value, list):
        return [{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()} for row in value]
    return value


def _code_words(field: str) -> dict[str, object]:
    """The words of the codes of a field; none for what is written out."""
    if field in draft_form.CHOSEN:
        offers = choices.countries() if field == "country" else choices.request_types()
        return {code: name for code, name, _group in offers.values()}
    codes = {"urgency": Urgency.choices, "mark": Mark.choices, "border_matter": BorderMatter.choices}
    return dict(codes.get(field, ()))


def _labelled(change: Change) -> dict[str, Any]:
    """A change with its field's name; codes as their words."""
    label = str(FIELD_WORDS.get(change.field, change.field))
    if change.row:
        label = _("%(label)s %(n)s") % {"label": label, "n": change.row}
    words = _code_words(change.field)
    before, after = (str(words.get(value, value)) for value in (change.before, change.after))
    return {"label": label, "before": before, "after": after}

"""The ministry's desk writes a new version of the law of a type: edit lines, look at what changes, save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.errors import GuardFailed, Malformed, NotVisible, StaleVersion
from treaties.law_commands import NewLaw, drafted, overtaken_by, set_law
from treaties.law_lines import FIELDS, NewLine, lines_by_key, shown
from treaties.models import RequestType, TypeLaw
from treaties.policies import require_desk
from treaties.queries.articles import SECTIONS
from treaties.queries.type_lines import Line, differences
from treaties.type_law import version_on, versions_of
from treaties.web.instruments import actor_of
from treaties.web.law_forms import LawForm, LineForm, VersionForm, sent_lines
from treaties.web.law_words import changed, text_of, type_or_404

_MORE = 2
# What a section's lines do not do, told where they are written.
_ROUTED = gettext_lazy("这里写的用来告知和引用；案件实际逐级怎么走、由谁审批，由工作流程按类型和机关定，不随它变。")
_NOTES: Mapping[str, Any] = {
    "channel": gettext_lazy("写法定渠道的条款；渠道建议会引用写明的说明，允许走哪些渠道仍按条约和法律逐条判断。"),
    "authority_chain": _ROUTED,
    "approval": _ROUTED,
}


@require_http_methods(["GET", "HEAD", "POST"])
def law_edit(request: HttpRequest, code: str) -> HttpResponse:
    """A version as it will be: written, looked at, saved. When somebody was faster, what he changed stands beside what was
    typed, which is put on top of his version, and nothing is saved until it is sent again."""
    actor = actor_of(request)
    require_desk(actor)
    kind = type_or_404(code)
    if request.method != "POST":
        return _page(request, kind, _opened(kind, request.GET))
    do = request.POST.get("do", "look")
    if do not in ("look", "save"):
        return _page(request, kind, _typed_on(request.POST, do))
    form = LawForm(VersionForm(request.POST), sent_lines(request.POST, bound=True))
    if not form.is_valid():
        return _page(request, kind, form, status=400)
    new = NewLaw(kind=kind, lines=[line.new() for line in form.written()], **form.head.cleaned_data)
    try:
        if do == "save":
            row = set_law(actor=actor, new=new)
            messages.success(request, _("已保存第 %(n)s 版。以前的版本都留着。") % {"n": row.number})
            return redirect("law-type", code=code)
        return _preview(request, drafted(actor, new))
    except StaleVersion as error:
        return _overtaken(request, new, error)
    except (Malformed, GuardFailed) as error:
        form.attach(error)
        return _page(request, kind, form, status=400)


def _page(request: HttpRequest, kind: RequestType, form: LawForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "kind": kind,
        "form": form,
        "parts": [
            (section, SECTIONS[section], _NOTES.get(section, ""), lines) for section, lines in form.lines.items()
        ],
        "present": version_on(kind),
        **more,
    }
    return render(request, "treaties/type_edit.html", context, status=status)


def _opened(kind: RequestType, params: QueryDict) -> LawForm:
    """With the lines of the version that holds today, or of the one that is named."""
    versions = list(versions_of(kind))
    present = version_on(kind)
    named = [row for row in versions if str(row.number) == params.get("from", "")]
    if present is None or ("from" in params and not named):
        raise NotVisible
    base = named[0] if named else present
    first = {"base": base.number, "seen": versions[0].number, "effective_from": timezone.localdate()}
    return LawForm(VersionForm(initial=first), _lines(base))


def _lines(base: TypeLaw) -> dict[str, list[LineForm]]:
    found: dict[str, list[LineForm]] = {section: [] for section in FIELDS}
    for (section, key), (level, entry) in lines_by_key(base.data).items():
        lines = found[section]
        lines.append(LineForm(section, len(lines), key=key, **shown(section, level, entry)))
    for section, lines in found.items():
        lines.append(LineForm(section, len(lines)))
    return found


def _typed_on(data: QueryDict, more: str) -> LawForm:
    """What was sent, to be typed on; with more blank lines in the section that `more` names."""
    lines = sent_lines(data, bound=False)
    if more in lines:
        lines[more] += [LineForm(more, len(lines[more]) + n) for n in range(_MORE)]
    return LawForm(VersionForm(initial={name: data.get(name, "") for name in VersionForm.base_fields}), lines)


def _preview(request: HttpRequest, row: TypeLaw) -> HttpResponse:
    """What changes from the version that holds now; nothing is saved yet."""
    present = version_on(row.request_type, row.effective_from)
    context = {
        "kind": row.request_type,
        "row": row,
        "present": present,
        "changes": [changed(one) for one in differences(present.data if present else {}, row.data)],
        "overtaken": overtaken_by(row),
        "sent": [(name, value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "do")],
    }
    return render(request, "treaties/type_preview.html", context)


# --- Somebody was faster ---------------------------------------------------------------------------------------------


def _overtaken(request: HttpRequest, new: NewLaw, error: StaleVersion) -> HttpResponse:
    """The latest version with what was typed on top of it, and what the others changed meanwhile."""
    versions = {row.number: row for row in versions_of(new.kind)}
    latest = versions[max(versions)]
    base = versions.get(new.base) or latest
    seen = versions.get(new.seen) or base
    first = {name: getattr(new, name) for name in ("effective_from", "source", "remark")}
    head = VersionForm(initial=first | {"base": latest.number, "seen": latest.number})
    form = LawForm(head, _merged(latest, base, new))
    changes = [changed(one) for one in differences(seen.data, latest.data)]
    more = {"stale": error, "latest": latest, "seen": seen.number, "changes": changes, "status": error.status}
    return _page(request, new.kind, form, **more)


def _merged(latest: TypeLaw, base: TypeLaw, new: NewLaw) -> dict[str, list[LineForm]]:
    """The lines of the latest version; where something was typed, that, with the latest's word beside it if it differs
    from the one that was edited."""
    held, present = lines_by_key(base.data), lines_by_key(latest.data)
    touched = {(line.section, line.key): line for line in new.lines if line.key and not line.unchanged(held)}
    found: dict[str, list[LineForm]] = {section: [] for section in FIELDS}
    for (section, key), (level, entry) in present.items():
        values: Mapping[str, Any] = shown(section, level, entry)
        mine = touched.pop((section, key), None)
        _add(found, section, key=key, **(_values(mine) if mine else values))
        if mine is not None and present[section, key] != held.get((section, key)):
            found[section][-1].theirs = text_of(Line(section, level, entry))
    for mine in touched.values():
        if not mine.gone:
            _add(found, mine.section, **_values(mine))
            found[mine.section][-1].theirs = _("这一行刚被别人去掉，保存就是重新加上。")
    for line in new.lines:
        if not line.key:
            _add(found, line.section, **_values(line))
    for section in found:
        _add(found, section)
    return found


def _add(found: dict[str, list[LineForm]], section: str, **initial: Any) -> None:
    found[section].append(LineForm(section, len(found[section]), **initial))


def _values(line: NewLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in (*FIELDS[line.section], "gone")}

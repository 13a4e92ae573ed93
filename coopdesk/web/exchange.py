"""台账交换: a country as a signed file for a network that is not connected, and such a file looked at and taken over.

Nothing is kept between the steps: the file travels in the form and is opened anew, signature and all.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.doors.downloads import attached
from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, GuardFailed, Malformed, StaleVersion, TooLarge
from coopdesk.exchange import taking, writing
from coopdesk.exchange.comparing import TICKED, Comparison, Line, SectionLine, Verdict
from coopdesk.web.countries import actor_of, country_or_404
from countries.exchange import seal
from countries.models import UNSETTLED
from countries.policies import require_keeper


class FileForm(forms.Form):
    """A file of another network."""

    file = forms.FileField(
        label=gettext_lazy("交换文件"),
        help_text=gettext_lazy("对方系统导出的 .json 文件，原样上传。"),
        error_messages={"required": gettext_lazy("选一个文件。"), "empty": gettext_lazy("文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )


@require_GET
def exchange_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The country as one signed file."""
    written = writing.write(actor=actor_of(request), country=country_or_404(code))
    return attached(io.BytesIO(written.content), name=written.name, media_type="application/json")


@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HttpRequest) -> HttpResponse:
    """Who we are and whom we trust; a file that is chosen here is shown beside what we have."""
    actor = actor_of(request)
    require_keeper(actor)
    form = FileForm(sent(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        content = form.cleaned_data["file"].read(seal.MOST + 1)
        try:
            found = taking.look(actor=actor, content=content)
        except (Malformed, TooLarge) as error:
            attach(form, error)
        else:
            return _preview(request, found, content.decode(), _usual(found))
    return _start(request, form)


@require_POST
def exchange_take(request: HttpRequest) -> HttpResponse:
    """Take over what is ticked; what went wrong is said above the same ticks, and nothing was written."""
    actor, text = actor_of(request), request.POST.get("file", "")
    require_keeper(actor)
    content, chosen = text.encode(errors="replace"), set(request.POST.getlist("line"))
    try:
        found = taking.look(actor=actor, content=content)
    except (Malformed, TooLarge) as error:
        form = FileForm({}, MultiValueDict())
        form.errors.clear()  # that no file was chosen: it came with the page
        attach(form, error)
        return _start(request, form)
    try:
        n = taking.take(actor=actor, content=content, chosen=chosen, seen=request.POST.get("seen", ""))
    except (Malformed, Conflict, StaleVersion) as error:
        words = str(error.reasons[0].words if error.reasons else error.message)
        status = 400 if isinstance(error, Malformed) else 409
        return _preview(request, found, text, chosen, error=words, status=status)
    done = ngettext("已采用 %(n)s 项，来源和可信度照原文件记。", "已采用 %(n)s 项，来源和可信度照原文件记。", n)
    messages.success(request, done % {"n": n})
    if any(line.id in chosen for line in found.texts):
        messages.info(request, _("成文部分存为你的草稿，送复核以后由别人发布。"))
    return redirect("country-detail", found.country.code)


def _start(request: HttpRequest, form: FileForm) -> HttpResponse:
    try:
        public, key, fault = *seal.own_public(), ""
    except GuardFailed as error:
        public, key, fault = "", "", str(error.message)
    context = {
        "form": form,
        "name": writing.site_name(),
        "public": public,
        "key": spaced(key),
        "fault": fault,
        "trusted": [(name, spaced(print_)) for print_, (name, _key) in seal.trusted().items()],
    }
    return render(request, "coopdesk/exchange.html", context, status=400 if form.errors else 200)


def spaced(key: str) -> str:
    """A fingerprint in groups of four, to be read aloud."""
    return " ".join(key[n : n + 4] for n in range(0, len(key), 4))


def _usual(found: Comparison) -> set[str]:
    """What is ticked at first: what only adds to ours."""
    every: list[Line | SectionLine] = [*found.lines, *found.texts]
    return {line.id for line in every if line.verdict in TICKED and not line.fault}


def _preview(
    request: HttpRequest,
    found: Comparison,
    text: str,
    ticked: Collection[str],
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    every: list[Line | SectionLine] = [*found.lines, *found.texts]
    context = {
        "found": found,
        "country": found.country,
        "key": spaced(found.opened.key),
        "groups": list(_groups(found.lines, ticked)),
        "texts": [(line, line.id in ticked) for line in found.texts],
        "faulty": [line for line in found.lines if line.fault],
        "text": text,
        "error": error,
        "any": any(not line.fault for line in every),
    }
    return render(request, "coopdesk/exchange_preview.html", context, status=status)


def _groups(lines: Iterable[Line], ticked: Collection[str]) -> Iterable[dict[str, Any]]:
    """What may be taken over, by how it stands to ours."""
    kept = [line for line in lines if not line.fault]
    for verdict in Verdict:
        rows = [(line, line.id in ticked, list(_values(line))) for line in kept if line.verdict == verdict]
        if rows:
            yield {"verdict": verdict.value, "label": verdict.label, "rows": rows}


def _values(line: Line) -> Iterable[dict[str, Any]]:
    for label, ours, theirs in line.values:
        told = {"label": label, "ours": ours, "theirs": theirs, "check": theirs.confidence in UNSETTLED}
        yield told | {"ours_check": ours is not None and ours.confidence in UNSETTLED}

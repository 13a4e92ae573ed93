"""渠道建议: which channel to take, asked without a case. The address says the question, so that it can be sent on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.language import english
from agencies.models import Agency
from agencies.queries import agencies_called
from cases.advice import Asked, advice_for
from cases.models import Urgency
from cases.queries.drafting import STRENGTHS
from countries.lookup import country_by_code, partner_countries, sound
from countries.models import UNSETTLED
from countries.source_words import source_told
from treaties.advice import Figures, Line, Needed, Option, Purpose
from treaties.advice.advising import ENOUGH
from treaties.advice.ways import crimes_of
from treaties.codes import request_type_by_code
from treaties.legal_basis import Basis
from treaties.queries import grouped_request_types
from treaties.queries.registry import name_of
from treaties.standing import askable, day_words

_CHOOSE = ("", gettext_lazy("请选择"))


def _countries() -> list[tuple[str, Any]]:
    rows = sorted(partner_countries(), key=(lambda row: row.name_en) if english() else sound)
    return [_CHOOSE, *((row.code, row.name) for row in rows)]


def _types() -> list[tuple[Any, Any]]:
    """What we may ask of others, under the names of their groups."""
    groups = grouped_request_types("outgoing")
    return [_CHOOSE, *((label, [(kind.code, kind.name) for kind in kinds]) for label, kinds in groups)]


class AdviceForm(forms.Form):
    """The question. `agency` is typed: a name, a short name or a code."""

    country = forms.ChoiceField(label=pgettext_lazy("field", "国家"), choices=_countries)
    type = forms.ChoiceField(label=gettext_lazy("请求类型"), choices=_types)
    purpose = forms.ChoiceField(label=gettext_lazy("用途"), choices=Purpose.choices, required=False)
    urgency = forms.ChoiceField(label=gettext_lazy("紧急程度"), choices=Urgency.choices, required=False)
    agency = forms.CharField(
        label=gettext_lazy("提出机关"),
        max_length=120,
        help_text=gettext_lazy("名称或者 12 位代码。"),
        widget=forms.TextInput(attrs={"lang": "zh-CN", "data-user": "", "autocomplete": "off"}),
    )
    on = forms.DateField(
        label=gettext_lazy("哪一天提出"),
        help_text=gettext_lazy("换一天，看那一天的条约和期限。"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("写成 2026-01-31。")},
    )

    def clean_on(self) -> date | None:
        """A day of which the registry can say something."""
        day: date | None = self.cleaned_data["on"]
        try:
            return askable(day) if day else None
        except ValueError:
            raise forms.ValidationError(day_words()) from None

    def clean_agency(self) -> Agency:
        """The one organ that is called so."""
        found = agencies_called(self.cleaned_data["agency"].strip())
        if len(found) == 1 and found[0].is_active:
            return found[0]
        if len(found) > 1:
            named = _("、").join(f"{agency.name}（{agency.code}）" for agency in found[:5])
            raise forms.ValidationError(_("有几个机关叫这个名字，写代码：%(named)s") % {"named": named})
        raise forms.ValidationError(_("没有这个机关，或者已经撤销。写全称或者 12 位代码。"))

    def asked(self) -> Asked | None:
        """The question; None while it is not whole."""
        if not self.is_valid():
            return None
        found = self.cleaned_data
        country, kind = country_by_code(found["country"]), request_type_by_code(found["type"])
        if country is None or kind is None:
            return None
        return Asked(
            country=country,
            kind=kind,
            urgency=found["urgency"] or Urgency.NORMAL,
            purpose=found["purpose"] or Purpose.EVIDENCE,
            origin=found["agency"],
            on=found["on"] or timezone.localdate(),
        )


@require_safe
def advice(request: HttpRequest) -> HttpResponse:
    """The form, and below it the channels in order, each explained line by line."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own = Agency.objects.filter(pk=actor.agency_id).first() if actor.agency_id else None
    first = {
        "agency": own.name if own else "",
        "on": timezone.localdate().isoformat(),
        "purpose": Purpose.EVIDENCE,
        "urgency": Urgency.NORMAL,
    }
    asking = "country" in request.GET and "type" in request.GET
    data = first | {name: value for name, value in request.GET.items() if value}
    form = AdviceForm(data) if asking else AdviceForm(initial=first | data)
    asked = form.asked() if asking else None
    options = [_shown(n, option, asked) for n, option in enumerate(advice_for(asked), 1)] if asked else []
    closed = [option for option in options if not option.option.allowed]
    context = {
        "form": form,
        "asked": asked,
        "urgency": Urgency(asked.urgency).label if asked else "",
        "purpose": Purpose(asked.purpose).label if asked else "",
        "options": [option for option in options if option.option.allowed],
        "closed": closed,
        "refused": _alike(closed),
    }
    return render(request, "cases/advice.html", context, status=400 if form.errors else 200)


# --- What the page shows ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A line, cut at what comes from the data (True), and its article; `check` marks what is 待核实, with where it was found;
    `url` is the page of what the line names."""

    pieces: Sequence[tuple[str, bool]]
    article: str
    facts: Sequence[tuple[str, Any]] = ()
    check: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An option as the page tells it."""

    number: int
    option: Option
    reasons: Sequence[Said]
    bases: Sequence[Said]
    approval: Sequence[Said]
    preconditions: Sequence[Said]
    missing: Sequence[tuple[Any, Sequence[Said]]]
    warnings: Sequence[Said]
    doubts: Sequence[Said]
    figures: str
    expected: date | None


def _shown(number: int, option: Option, asked: Asked) -> Shown:
    return Shown(
        number=number,
        option=option,
        reasons=_said(option.reasons, asked),
        bases=[_basis(basis) for basis in option.legal_basis],
        approval=[
            Said(
                [(f"{row.who}{pgettext('after a label', '：')}{row.what}" if row.what else row.who, False)],
                article_told(row.article, row.article_zh),
                (),
                row.unsettled,
            )
            for row in option.approval
        ],
        preconditions=_said(option.preconditions, asked),
        missing=_by_strength(option.missing),
        warnings=_said(option.warnings, asked),
        doubts=plain(option.doubts),
        figures=figures(option.record),
        expected=option.expected_by,
    )


def _alike(closed: Iterable[Shown]) -> list[tuple[str, Shown]]:
    """The channels that are closed, those of which the same is said together: their names and the first of them."""
    found: dict[tuple[Any, ...], list[Shown]] = {}
    for shown in closed:
        option = shown.option
        found.setdefault((*option.reasons, *option.warnings, *option.doubts, option.record), []).append(shown)
    return [(_("、").join(str(one.option.way.label) for one in rows), rows[0]) for rows in found.values()]


def _said(lines: Iterable[Line], asked: Asked) -> list[Said]:
    return [
        Said(
            line.pieces,
            article_told(line.article, line.article_zh),
            _found([line.fact.source], line.fact.as_of) if line.fact else (),
            line.fact.unsettled if line.fact else False,
            f"{reverse('advice')}?{urlencode(query_of(asked) | {'type': line.kind})}" if line.kind else "",
        )
        for line in lines
    ]


def query_of(asked: Asked) -> dict[str, str]:
    """The address of the question."""
    return {
        "country": asked.country.code,
        "type": asked.kind.code,
        "purpose": asked.purpose,
        "urgency": asked.urgency,
        "agency": asked.origin.code,
        "on": asked.on.isoformat(),
    }


def plain(lines: Iterable[Line]) -> list[Said]:
    """Lines that say themselves where they are from."""
    return [Said(line.pieces, "") for line in lines]


def article_told(code: str, zh: str) -> str:
    """The article as the page cites it: its name in Chinese, its code in English."""
    return code.replace("-", " ", 1) if english() or not zh else zh


def _basis(basis: Basis) -> Said:
    kinds: Mapping[str, Promise | str] = {
        "treaty": _("双边条约"),
        "multilateral": _("多边公约"),
        "statute": _("法律"),
        "reciprocity": _("互惠"),
    }
    instrument = basis.instrument
    pieces = [(f"{kinds[basis.kind]} ", False)]
    if instrument is not None:
        pieces.append((name_of(instrument), True))
    if basis.limited_to:
        pieces.append((_("（%(crimes)s）") % {"crimes": crimes_of([basis])}, False))
    # Where the title stands before them only the place in it is said; those of reciprocity name their own law.
    cut = basis.kind != "reciprocity"
    told = [
        article_told(code, zh.rpartition("》")[2] if cut else zh)
        for code, zh in zip(basis.articles, basis.articles_zh, strict=True)
    ]
    facts = _found(basis.sources, basis.as_of) if basis.sources else ()
    url = reverse("instrument-detail", args=[instrument.code]) if instrument is not None else ""
    return Said(pieces, _("、").join(told), facts, basis.confidence in UNSETTLED, url)


def _found(sources: Sequence[str], as_of: str) -> list[tuple[str, Any]]:
    """Where something was found and when, each source as it stands in the data."""
    told = format_html_join(_("；"), "{}", ((source_told(source),) for source in sources))
    return [(_("出处"), told), *([(_("查证日期"), as_of)] if as_of else [])]


def _by_strength(rows: Sequence[Needed]) -> list[tuple[Any, list[Said]]]:
    """What must still be written or attached, under the three strengths of the law, never mixed."""
    found = []
    for level, strength in STRENGTHS.items():
        members = [
            Said([(row.text, True)], article_told(row.article, row.article_zh), (), row.unsettled)
            for row in rows
            if row.level == level
        ]
        if members:
            found.append((strength, members))
    return found


def figures(record: Figures | None) -> str:
    """Our own record by a channel, in a line; less than enough cases are not in the figures at all."""
    if record is None:
        return _("经这条渠道的不到 %(n)s 件，不作统计") % {"n": ENOUGH}
    told = {"n": record.n, "answered": record.answered, "refused": record.refused}
    counts = _("%(n)s 件，答复 %(answered)s 件，拒绝 %(refused)s 件") % told
    if record.median is None:
        return _("%(counts)s；算不出中位数") % {"counts": counts}
    days = words.plain_days(record.median)
    return _("%(counts)s；半数在 %(days)s内答复") % {"counts": counts, "days": days}

"""请求类型: the list, the page of a type with the law as it holds on a day, its versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.language import english
from agencies.models.tree import Tier
from countries.policies import keeps_facts
from treaties.models import DOMESTIC, Course, Instrument, Provision, RequestType, TypeLaw
from treaties.queries import GROUPS, articles, registry, time_limits_for
from treaties.queries.law_types import DIRECTIONS, Beside, TypeRow, beside, types_on
from treaties.queries.type_lines import differences, lines_of
from treaties.type_law import version_on, versions_of
from treaties.web.fact_words import titled
from treaties.web.instruments import actor_of
from treaties.web.law_forms import HoldsOn, TypeFilter
from treaties.web.law_words import changed, mark_of, sections, type_or_404
from treaties.web.period_words import Row


@require_safe
def law_type_list(request: HttpRequest) -> HttpResponse:
    """Every request type by group, with the version that holds on a day."""
    form = TypeFilter(request.GET)
    wanted = form.wanted()
    groups = types_on(wanted)
    names = {one.code: registry.short_name(one) for one in Instrument.objects.filter(kind__in=DOMESTIC)}
    context = {
        "form": form,
        "on": wanted.on,
        "groups": [(title, [_listed(row, names) for row in rows]) for title, rows in groups],
        "total": sum(len(rows) for _title, rows in groups),
        "narrowed": bool(form.given),
    }
    return render(request, "treaties/type_list.html", context, status=400 if form.errors else 200)


def _listed(row: TypeRow, names: dict[str, str]) -> dict[str, Any]:
    contents = row.lines.get("required_contents", ())
    return {
        "kind": row.kind,
        "direction": DIRECTIONS[row.kind.direction],
        "course": Course(row.kind.course).label,
        "statutes": [(code, names[code]) for code in row.statutes if code in names],
        "contents": len(contents),
        "must": sum(line.level == "mandatory" for line in contents),
        "attachments": len(row.lines.get("required_attachments", ())),
        "grounds": len(row.lines.get("refusal_grounds", ())),
        "law": row.law,
        "unsettled": row.unsettled,
    }


@require_safe
def law_type(request: HttpRequest, code: str) -> HttpResponse:
    """What the law says of one type on a day, line by line with its article."""
    kind = type_or_404(code)
    form = HoldsOn(request.GET)
    on, today = form.day(), timezone.localdate()
    law = version_on(kind, on)
    versions = list(versions_of(kind))
    lines = lines_of(law.data) if law else {}
    context = {
        "kind": kind,
        "form": form,
        "on": on,
        "today": on == today,
        "law": law,
        "mark": mark_of(law, versions, today) if law else None,
        "coming": [row for row in versions if mark_of(row, versions, today)[0] == "waiting"],
        "versions": len(versions),
        "direction": DIRECTIONS[kind.direction],
        "group": next((title for start, title in GROUPS if kind.family.startswith(start)), ""),
        "course": Course(kind.course).label,
        "tiers": _tiers(kind),
        "basis": lines.get("legal_basis", ()),
        "channels": lines.get("channel", ()),
        "sections": sections(lines),
        "limits": [Row(one, "") for one in time_limits_for(kind, country_id=None, on=on) if one.request_type_id],
        "unsettled": sum(line.unsettled for found in lines.values() for line in found),
        **_beside(beside(kind, on)),
        "may_write": keeps_facts(actor_of(request)),
    }
    return render(request, "treaties/type.html", context, status=400 if form.errors else 200)


def _tiers(kind: RequestType) -> str:
    return (", " if english() else "、").join(str(Tier(tier).label) for tier in kind.opened_by)


def _beside(found: Beside) -> dict[str, Any]:
    def named(provisions: Sequence[Provision]) -> list[tuple[str, Any, list[str]]]:
        return [(one.instrument.code, titled(one.instrument), one.articles) for one in provisions]

    return {
        "periods": found.periods,
        "conventions": named(found.conventions),
        "treaties": named(found.treaties),
        "countries": found.countries,
    }


@require_safe
def law_type_versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of the law of a type, and two of them side by side: those that are named, else the last two."""
    kind = type_or_404(code)
    versions = list(versions_of(kind))
    today = timezone.localdate()
    by_number = {str(row.number): row for row in versions}
    after = by_number.get(request.GET.get("after", "")) or (versions[0] if versions else None)
    before = by_number.get(request.GET.get("before", "")) or _former(versions, after)
    context = {
        "kind": kind,
        "versions": [(row, mark_of(row, versions, today)) for row in versions],
        "before": before,
        "after": after,
        "changes": [changed(one) for one in differences(before.data, after.data)] if before and after else [],
        "may_write": keeps_facts(actor_of(request)),
    }
    return render(request, "treaties/type_versions.html", context)


def _former(versions: Sequence[TypeLaw], row: TypeLaw | None) -> TypeLaw | None:
    """The version before this one."""
    return next((one for one in versions if row is not None and one.number < row.number), None)


@require_safe
def law_statutes(request: HttpRequest) -> HttpResponse:
    """The statutes and rules on which requests rest; with words, the articles that have them."""
    cited = articles.cited_articles()
    terms = request.GET.get("q", "").casefold().split()[:6]
    context = {
        "statutes": [_statute(one, cited) for one in Instrument.objects.filter(kind__in=DOMESTIC).order_by("code")],
        "q": request.GET.get("q", ""),
        "found": [one for one in cited if all(term in _text(one) for term in terms)] if terms else [],
    }
    return render(request, "treaties/statutes.html", context)


def _statute(one: Instrument, cited: Sequence[articles.Article]) -> dict[str, Any]:
    own = [article for article in cited if article.statute == one.code]
    return {
        "statute": one,
        "title": titled(one),
        "articles": len(own),
        "types": len({code for article in own for code in article.types}),
        "unsettled": sum(not article.verified for article in own),
    }


def _text(article: articles.Article) -> str:
    """What searching finds an article by."""
    labels = [label for words, found in article.told for label in (str(words), *found)]
    return "\n".join((article.cite, article.cite_zh, *labels)).casefold()

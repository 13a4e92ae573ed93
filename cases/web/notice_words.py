"""The words of notices that name no case: an order to reorganise, what an officer left, what waits for nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext as _

from agencies.models import Agency
from cases.queries import choices
from cases.queries.inbox import Line
from cases.web.sentences import named
from countries.models import Section


def words_of(line: Line) -> dict[str, Any]:
    """`plain` words, what it is `about` and where it leads."""
    facts, agencies = line.entry.event.facts, line.agencies or {}
    words = _WORDS.get(line.notice.kind)
    if words is None:
        return {"plain": _("有一项变动")}
    return words(facts, agencies, line.notice.subject)


Facts = Mapping[str, Any]
Agencies = Mapping[int, Agency]


def _name(agencies: Agencies, pk: Any) -> SafeString:
    agency = agencies.get(pk or 0)
    return named(agency.name if agency else "")


def _order(facts: Facts, agencies: Agencies, subject: str) -> dict[str, Any]:
    form = _("{a}并入{b}，等你确认") if facts.get("kind") == "merge" else _("{a}划归{b}，等你确认")
    number = int(subject.partition(":")[2])
    return {
        "plain": format_html(form, a=_name(agencies, facts.get("from")), b=_name(agencies, facts.get("to"))),
        "about": _("机构调整"),
        "url": reverse("reorganisation-detail", args=[number]),
    }


def _done(facts: Facts, agencies: Agencies, _subject: str) -> dict[str, Any]:
    merged = facts.get("kind") == "merge"
    form = _("{a}已并入{b}，任职和案件一并转来") if merged else _("{a}已划归{b}")
    target = agencies.get(facts.get("to") or 0)
    return {
        "plain": format_html(form, a=_name(agencies, facts.get("from")), b=_name(agencies, facts.get("to"))),
        "about": _("机构调整"),
        "url": reverse("agency-detail", args=[target.code]) if target else "",
    }


def _gathered(facts: Facts, agencies: Agencies, _subject: str) -> dict[str, Any]:
    count = int(facts.get("cases", 0))
    form = ngettext("{a}并入后又收到 {n} 件案件，已转到{b}", "{a}并入后又收到 {n} 件案件，已转到{b}", count)
    a, b = _name(agencies, facts.get("from")), _name(agencies, facts.get("to"))
    return {"plain": format_html(form, a=a, b=b, n=count), "about": _("机构调整"), "url": reverse("workbench")}


def _left(facts: Facts, agencies: Agencies, _subject: str) -> dict[str, Any]:
    count = sum(int(facts.get(part, 0)) for part in ("drafted", "handled", "unanswered"))
    form = ngettext("{a}有人离任，留下 {n} 件工作，请交接", "{a}有人离任，留下 {n} 件工作，请交接", count)
    return {
        "plain": format_html(form, a=_name(agencies, facts.get("agency")), n=count),
        "about": _("离任"),
        "url": reverse("unattended-list"),
    }


def _waiting(facts: Facts, agencies: Agencies, _subject: str) -> dict[str, Any]:
    count = int(facts.get("count", 0))
    form = ngettext("{a}有 {n} 件案件无人办理", "{a}有 {n} 件案件无人办理", count)
    return {
        "plain": format_html(form, a=_name(agencies, facts.get("agency")), n=count),
        "about": _("无人办理"),
        "url": reverse("unattended-list"),
    }


def _country(code: str) -> str:
    """The name of a country; no line of a list asks the database for it."""
    return choices.countries()[code][1] if code in choices.countries() else ""


def _proposal(form: str) -> Callable[[Facts, Agencies, str], dict[str, Any]]:
    """The words of a proposal for a ledger: `form` names the country."""

    def words(facts: Facts, _agencies: Agencies, subject: str) -> dict[str, Any]:
        url = reverse("ledger-proposal", args=[int(subject.partition(":")[2])])
        return {
            "plain": gettext(form) % {"country": _country(facts.get("country", ""))},
            "about": _("国别台账"),
            "url": url,
        }

    return words


def _section(form: str) -> Callable[[Facts, Agencies, str], dict[str, Any]]:
    """The words of a section of a ledger: `form` names the country and the section."""

    def words(facts: Facts, _agencies: Agencies, subject: str) -> dict[str, Any]:
        code, section = subject.partition(":")[2], Section(facts["section"])
        at = [code, section]
        number = facts.get("number")
        return {
            "plain": gettext(form) % {"country": _country(code), "section": section.label},
            "about": _("国别台账"),
            "url": reverse("ledger-section-version", args=[*at, number])
            if number
            else reverse("ledger-section", args=at),
        }

    return words


_WORDS: Mapping[str, Callable[[Facts, Agencies, str], dict[str, Any]]] = {
    "reorganisation.preview": _order,
    "reorganisation.done": _done,
    "reorganisation.gather": _gathered,
    "departure.left": _left,
    "departure.waiting": _waiting,
    "ledger.submit": _section(gettext_noop("%(country)s的台账有一份文字等复核：%(section)s")),
    "ledger.publish": _section(gettext_noop("你写的%(country)s台账已发布：%(section)s")),
    "ledger.send_back": _section(gettext_noop("你写的%(country)s台账退回修改：%(section)s")),
    "ledger.entrust": _section(gettext_noop("%(country)s台账的一节由你管：%(section)s")),
    "ledger.lapse": _section(gettext_noop("%(country)s台账的一节到期没有复核：%(section)s")),
    "proposal.make": _proposal(gettext_noop("有人对%(country)s的台账提出建议，等公安部国际合作局答复")),
    "proposal.accept": _proposal(gettext_noop("你对%(country)s台账的建议已采纳")),
    "proposal.answer": _proposal(gettext_noop("你对%(country)s台账的建议有了答复")),
}

"""Advice: every channel is put to every rule, in the order of the tables; the same question has the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from agencies.language import english
from countries.models import UNSETTLED
from treaties.advice.approvals import approvals
from treaties.advice.asking import ChannelCode, Question, Stop
from treaties.advice.conditions import CONDITIONS, doubt_about_basis, doubt_about_fact
from treaties.advice.groups import POLICE_WAYS, Group, group_of, order_of
from treaties.advice.options import ARTICLES, Finding, Line, Needed, Option
from treaties.advice.resting import bases_of, demands_of, told_of
from treaties.advice.ways import WAYS
from treaties.legal_basis import Basis, Demand

# From so many cases on a median is told, as everywhere in the product.
ENOUGH = 10


def advise(question: Question) -> list[Option]:
    """Every channel once: those that may be taken first, each part in the order of the tables (treaties.advice.groups)."""
    group = group_of(question)
    options = [_option(question, group, way) for way in order_of(question, group)]
    return sorted(options, key=lambda option: not option.allowed)


def _option(question: Question, group: Group, way: ChannelCode) -> Option:
    found = [finding for rule in WAYS for finding in rule(question, group, way)]
    blocked = _lines(found, "blocks")
    record = question.figures.get(way)
    if blocked or not _lines(found, "opens"):
        used = [line for line in blocked if line.fact]
        warnings, doubts = _lines(found, "warns"), _doubts(question, used, ())
        return Option(way=way, allowed=False, reasons=blocked, record=record, warnings=warnings, doubts=doubts)
    found += [finding for rule in CONDITIONS for finding in rule(question, group, way)]
    bases = bases_of(question, group, way)
    lines = [line for sort in ("opens", "needs", "warns") for line in _lines(found, sort)]
    known = record.median if record and record.n >= ENOUGH else None
    return Option(
        way=way,
        allowed=True,
        reasons=_lines(found, "opens"),
        legal_basis=bases,
        approval=approvals(question, group, way),
        route=_route(question, way),
        preconditions=_lines(found, "needs"),
        missing=_missing(question, group, way),
        record=record,
        expected_by=question.on + timedelta(days=known) if known is not None else None,
        warnings=_lines(found, "warns"),
        doubts=_doubts(question, lines, bases),
    )


def _lines(found: Iterable[Finding], sort: str) -> list[Line]:
    return list(dict.fromkeys(finding.line for finding in found if finding.sort == sort))


def _doubts(question: Question, lines: Iterable[Line], bases: Iterable[Basis]) -> list[Line]:
    """What the lines and the bases rest on, where it is 待核实 or old; each said once."""
    said: dict[str, Line] = {}
    facts = dict.fromkeys(line.fact for line in lines if line.fact)
    for fact in facts:
        said.update((line.text, line) for line in doubt_about_fact(question, fact))
    for basis in bases:
        said.update((line.text, line) for line in doubt_about_basis(question, basis))
    return list(said.values())


def _route(question: Question, way: ChannelCode) -> list[Stop]:
    """Through our tiers to who faces the other side; then the body outside the tree that hands it over."""
    origin, kind = question.origin, question.kind
    if way == ChannelCode.BORDER:
        return list(origin.border_route)
    start = next((n for n, stop in enumerate(origin.route) if stop.tier in kind.opened_by), 0)
    beyond = {ChannelCode.AUTHORITY: _("司法部"), ChannelCode.DIPLOMATIC: _("外交部")}.get(way)
    return [*origin.route[start:], *([Stop("", beyond)] if beyond else [])]


# --- Contents and attachments ----------------------------------------------------------------------------------------


def _missing(question: Question, group: Group, way: ChannelCode) -> list[Needed]:
    """What the law asks the request to say and to bring along, each by its strength; a lead is asked for in a letter."""
    if group is Group.MLA_LEAD and way in POLICE_WAYS:
        article = "MPSR-381" if way == ChannelCode.INTERPOL else "MPSR-380"
        words = _("申请") if way == ChannelCode.INTERPOL else _("警务合作请求书")
        return [Needed("content", "request_letter", words, "mandatory", article, ARTICLES[article])]
    parts = (("content", "required_contents", "contents"), ("attachment", "required_attachments", "attachments"))
    found: list[Needed] = []
    for sort, name, part in parts:
        found += [_demanded(sort, basis, demand) for basis, demand in demands_of(question, group, way, part)]
        found += [_needed(sort, row) for row in _rows(question.law, name)]
    return found


def _demanded(sort: str, basis: Basis, demand: Demand) -> Needed:
    assert basis.instrument is not None
    key, named = f"{basis.instrument.code}:{demand.part}", told_of(basis)
    return Needed(sort, key, demand.text, "mandatory", "", named, demand.confidence in UNSETTLED)


def _rows(law: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = law.get(name) or ()
    yield from rows


def _needed(sort: str, row: Mapping[str, Any]) -> Needed:
    return Needed(
        sort=sort,
        key=row["key"],
        text=row["en"] if english() and row.get("en") else row["zh"],
        level=row.get("level", ""),
        article=row["cite"],
        article_zh=row.get("cite_zh", ""),
        unsettled="verified" in row,
    )

"""On what a request rests when it goes by a channel, and what that asks of it in place of our statutes."""

from __future__ import annotations

from agencies.language import english
from treaties.advice.asking import ChannelCode, Question
from treaties.advice.groups import ASSISTANCE, SURRENDER, Group
from treaties.legal_basis import Basis, Demand
from treaties.models import Standing


def bases_of(question: Question, group: Group, way: ChannelCode) -> list[Basis]:
    """What the request rests on when it goes this way: treaties for the ways they name, and the statutes."""
    statutes = [basis for basis in question.bases if basis.kind == "statute"]
    bound = [b for b in question.bases if b.kind in ("treaty", "multilateral") and b.standing == Standing.IN_FORCE]
    promised = [basis for basis in question.bases if basis.kind == "reciprocity"]
    agreed = [basis for basis in question.agreements if basis.standing == Standing.IN_FORCE]
    conventions = [basis for basis in bound if basis.kind == "multilateral"]
    if way == ChannelCode.AGREED:
        return [*agreed, *statutes]
    if way == ChannelCode.AUTHORITY:
        return [*bound, *statutes]
    if way == ChannelCode.DIPLOMATIC and group in SURRENDER:
        return [*bound, *statutes, *promised]
    if way in (ChannelCode.INTERPOL, ChannelCode.NETWORK) and group not in ASSISTANCE | SURRENDER:
        return [*conventions, *statutes, *promised]
    return [*statutes, *promised]


def demands_of(question: Question, group: Group, way: ChannelCode, part: str) -> list[tuple[Basis, Demand]]:
    """What the treaties that it rests on ask for: the language, the channel, contents or attachments."""
    return [
        (basis, demand)
        for basis in bases_of(question, group, way)
        for demand in basis.demands
        if demand.part == part and basis.standing == Standing.IN_FORCE
    ]


def told_of(basis: Basis) -> str:
    """The treaty and its articles, as a letter cites them."""
    assert basis.instrument is not None
    title = basis.instrument.title_en if english() and basis.instrument.title_en else basis.instrument.title_zh
    return f"《{title}》{'、'.join(basis.articles_zh)}"

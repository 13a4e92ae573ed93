"""The articles of a statute or rule that request types rest on, each with what it is about in our own words.

The sentences of the law are not shown: what an article says is told by the part of a request that it is about, and by
short labels. The official text decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from treaties.models import Confidence, RequestType, ReturnReason, Strength, TimeLimit
from treaties.queries.lists import entries
from treaties.queries.own_words import own_words
from treaties.type_law import laws_on

# The parts of a type's law (seeds/requirements.yaml), in the order of a request's life.
SECTIONS: Mapping[str, Promise] = {
    "legal_basis": _("依据"),
    "channel": _("经什么渠道"),
    "authority_chain": _("由谁办"),
    "approval": _("由谁审批"),
    "conditions": _("什么条件下"),
    "contents_rule": _("请求书怎么写"),
    "required_contents": _("请求书写什么"),
    "required_attachments": _("附什么材料"),
    "language": _("用什么文字"),
    "assurances": _("承诺和保证"),
    "time_limits": pgettext_lazy("field", "期限"),
    "urgent_path": _("紧急办理"),
    "refusal_grounds": _("拒绝的理由"),
    "return_grounds": _("退回的理由"),
    "postponement": _("推迟"),
    "result_handling": _("结果怎么用"),
    "costs": _("费用"),
    "special_rules": _("专门规定"),
}


# The grounds of refusal by strength, which are never mixed.
_GROUNDS: Mapping[str, Promise] = {
    Strength.MANDATORY: _("应当拒绝的理由"),
    Strength.OPTIONAL: _("可以拒绝的理由"),
    Strength.NO_OBLIGATION: _("不负有义务的理由"),
}
# What an article may be about, in order.
PARTS: Mapping[str, Promise] = {
    **{name: words for name, words in SECTIONS.items() if name != "refusal_grounds"},
    **_GROUNDS,
    "opened_by": _("由谁提出"),
}


@dataclass(slots=True)
class Article:
    """One article as it is cited. `about`: the parts of a request that it is about, each with its labels."""

    cite: str
    cite_zh: str = ""
    verified: bool = True
    about: dict[str, list[str]] = field(default_factory=dict)
    types: dict[str, RequestType] = field(default_factory=dict)

    @property
    def statute(self) -> str:
        """The code of its statute or rule."""
        return self.cite.partition("-")[0]

    @property
    def told(self) -> list[tuple[str | Promise, list[str]]]:
        """The parts by their names, in order, with their labels."""
        return [(words, self.about[part]) for part, words in PARTS.items() if part in self.about]

    def says(self, part: str, label: str, kind: RequestType | None) -> None:
        """It is about this part, of this type; of every type without one."""
        labels = self.about.setdefault(part, [])
        if label and label not in labels:
            labels.append(label)
        if kind is not None:
            self.types.setdefault(kind.code, kind)


def articles_of_law(code: str) -> list[Article]:
    """The articles of the statute or rule with this code that anything rests on, in the order of the text."""
    return [article for article in cited_articles() if article.statute == code]


def cited_articles() -> list[Article]:
    """Every article on which a request type, a period or a reason rests, statute by statute in the order of the text: what
    is told of it is derived from what cites it; four queries."""
    found: dict[str, Article] = {}
    laws = laws_on().select_related("request_type")
    for law in sorted(laws, key=lambda law: law.request_type.position):
        kind = law.request_type
        for part, entry in _cited(law.data):
            article = _named(found, entry["cite"], entry.get("cite_zh", ""))
            article.verified = article.verified and entry.get("verified") is None
            article.says(part, own_words(entry), kind)
        if kind.opened_by_article:
            _named(found, kind.opened_by_article).says("opened_by", "", kind)
    for measure in TimeLimit.objects.filter(request_type=None):
        article = _named(found, measure.article, measure.article_zh)
        article.verified = article.verified and measure.confidence == Confidence.OFFICIAL
        article.says("time_limits", measure.name, None)
    for reason in ReturnReason.objects.exclude(article=""):
        _named(found, reason.article).says("return_grounds", reason.name, None)
    return sorted(found.values(), key=_place)


def _cited(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every line of a type's law that names an article, with the part that it belongs to."""
    for section in SECTIONS:
        if section != "refusal_grounds":
            yield from ((section, entry) for entry in entries(data.get(section)))
    for strength, grounds in data.get("refusal_grounds", {}).items():
        yield from ((strength, entry) for entry in entries(grounds))


def _named(found: dict[str, Article], cite: str, cite_zh: str = "") -> Article:
    article = found.setdefault(cite, Article(cite))
    article.cite_zh = article.cite_zh or cite_zh
    return article


def _place(article: Article) -> tuple[str, list[int]]:
    return article.statute, [int(n) for n in re.findall(r"\d+", article.cite)]

"""The articles of a statute or rule that request types rest on, each with what it is about in our own words.

The sentences of the law are not shown: what an article says is told by the part of a request that it is about, and by
short labels. The official text decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from treaties.models import RequestType
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


@dataclass(slots=True)
class Article:
    """One article as it is cited. `about`: the parts of a request that it is about, each with its labels."""

    cite: str
    cite_zh: str = ""
    verified: bool = True
    about: dict[str, list[str]] = field(default_factory=dict)
    types: dict[str, RequestType] = field(default_factory=dict)

    @property
    def told(self) -> list[tuple[str | Promise, list[str]]]:
        """The parts by their names, in order, with their labels."""
        known = [part for part in SECTIONS if part in self.about]
        return [(SECTIONS[part], self.about[part]) for part in known]


def articles_of_law(code: str) -> list[Article]:
    """The articles of the statute or rule with this code that any request type cites, in the order of the text."""
    found: dict[str, Article] = {}
    laws = laws_on().select_related("request_type")
    for law in sorted(laws, key=lambda law: law.request_type.position):
        for part in SECTIONS:
            for entry in entries(law.data.get(part)):
                if entry["cite"].partition("-")[0] == code:
                    _add(found, law.request_type, part, entry)
    return sorted(found.values(), key=lambda article: [int(n) for n in re.findall(r"\d+", article.cite)])


def _add(found: dict[str, Article], kind: RequestType, part: str, entry: Mapping[str, Any]) -> None:
    article = found.setdefault(entry["cite"], Article(entry["cite"]))
    article.cite_zh = article.cite_zh or entry.get("cite_zh", "")
    article.verified = article.verified and entry.get("verified") is None
    article.types.setdefault(kind.code, kind)
    labels = article.about.setdefault(part, [])
    label = own_words(entry)
    if label and label not in labels:
        labels.append(label)

"""What advice answers: an option for each channel, and the lines of which it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from treaties.advice.asking import ChannelCode, Fact, Figures, Stop
from treaties.legal_basis import Basis

# The articles that the rules cite themselves; the law's own entries bring their names along.
_MPSR, _IMLA, _EXT = "《公安机关办理刑事案件程序规定》", "《国际刑事司法协助法》", "《引渡法》"
ARTICLES = {
    "MPSR-13": f"{_MPSR}第十三条",
    "MPSR-374.1": f"{_MPSR}第三百七十四条第一款",
    "MPSR-376": f"{_MPSR}第三百七十六条",
    "MPSR-377.1": f"{_MPSR}第三百七十七条第一款",
    "MPSR-380": f"{_MPSR}第三百八十条",
    "MPSR-381": f"{_MPSR}第三百八十一条",
    "IMLA-4.2": f"{_IMLA}第四条第二款",
    "IMLA-5.1": f"{_IMLA}第五条第一款",
    "IMLA-5.3": f"{_IMLA}第五条第三款",
    "IMLA-6.1": f"{_IMLA}第六条第一款",
    "IMLA-9": f"{_IMLA}第九条",
    "IMLA-10.1": f"{_IMLA}第十条第一款",
    "IMLA-10.2": f"{_IMLA}第十条第二款",
    "IMLA-11.1": f"{_IMLA}第十一条第一款",
    "IMLA-14.1.1": f"{_IMLA}第十四条第一项",
    "IMLA-56": f"{_IMLA}第五十六条",
    "IMLA-62": f"{_IMLA}第六十二条",
    "IMLA-69": f"{_IMLA}第六十九条",
    "IMLAP-6.1.1": "《关于实施国际刑事司法协助法若干问题的规定（试行）》第六条第一项",
    "EXT-4.1": f"{_EXT}第四条第一款",
    "EXT-7": f"{_EXT}第七条",
    "EXT-8": f"{_EXT}第八条",
    "EXT-8.1.1": f"{_EXT}第八条第一项",
    "EXT-47": f"{_EXT}第四十七条",
    "EXT-48": f"{_EXT}第四十八条",
    "EXT-49": f"{_EXT}第四十九条",
    "EXT-50.1": f"{_EXT}第五十条第一款",
    "CTL-71.1": "《反恐怖主义法》第七十一条第一款",
    "EEAL-58": "《出境入境管理法》第五十八条",
    "MPSA-254": "《公安机关办理行政案件程序规定》第二百五十四条",
    "SPCI-77.1": "《最高人民法院刑诉法解释》第七十七条第一款",
    "SPCI-495": "《最高人民法院刑诉法解释》第四百九十五条",
    "SSL-37": "《保守国家秘密法》第三十七条",
}


# Names and values stand in a sentence between these two, so that a page can show them as they are, in their own language.
_BEGINS, _ENDS = "\ue000", "\ue001"


def quoted(value: str) -> str:
    """A name or a value from the data, to be put into the words of a line."""
    return f"{_BEGINS}{value}{_ENDS}" if value else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the explanation, with the article that says so ("" where a fact of the ledger does). `kind` is the code
    of the request type that it sends to, the one name in it."""

    said: str
    article: str = ""
    article_zh: str = ""
    fact: Fact | None = None
    kind: str = ""

    @property
    def text(self) -> str:
        """The line in plain words."""
        return self.said.replace(_BEGINS, "").replace(_ENDS, "")

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The line cut at what comes from the data, which is marked True."""
        found = []
        for part in self.said.split(_BEGINS):
            value, ends, rest = part.rpartition(_ENDS)
            found += [(value, True)] if ends else []
            found += [(rest, False)]
        return [piece for piece in found if piece[0]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one channel. `sort` is opens | blocks | needs | warns."""

    sort: str
    line: Line


def opens(text: str, article: str = "", fact: Fact | None = None) -> Finding:
    """The channel may be taken, because."""
    return _finding("opens", text, article, fact)


def blocks(text: str, article: str = "", fact: Fact | None = None) -> Finding:
    """The channel may not be taken, because; one is enough."""
    return _finding("blocks", text, article, fact)


def needs(text: str, article: str = "", fact: Fact | None = None) -> Finding:
    """What must be there before the request goes this way."""
    return _finding("needs", text, article, fact)


def warns(text: str, article: str = "", fact: Fact | None = None) -> Finding:
    """What may go wrong."""
    return _finding("warns", text, article, fact)


def _finding(sort: str, text: str, article: str, fact: Fact | None) -> Finding:
    return Finding(sort, Line(text, article, ARTICLES[article] if article else "", fact))


@dataclass(frozen=True, slots=True)
class Approval:
    """Who must approve what; `unsettled` where the article was not read in an official text."""

    who: str
    what: str
    article: str
    article_zh: str
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Needed:
    """Something that the request must still say, or that must go with it; `level` is the strength of the text."""

    sort: str  # content | attachment
    key: str
    text: str
    level: str
    article: str
    article_zh: str
    unsettled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One channel: may it be taken, on what, through whom, with what, and what is known of it."""

    way: ChannelCode
    allowed: bool
    reasons: Sequence[Line]
    legal_basis: Sequence[Basis] = ()
    approval: Sequence[Approval] = ()
    route: Sequence[Stop] = ()
    preconditions: Sequence[Line] = ()
    missing: Sequence[Needed] = ()
    record: Figures | None = None
    expected_by: date | None = None
    warnings: Sequence[Line] = ()
    # What all this rests on where it is 待核实 or old.
    doubts: Sequence[Line] = ()

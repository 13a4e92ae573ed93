"""Which channel to take, and why: pure rules over the law, the treaties and the ledger of a country. No hidden score."""

from treaties.advice.advising import advise
from treaties.advice.asking import ChannelCode, Event, Fact, Figures, Origin, Purpose, Question, Stop
from treaties.advice.options import Approval, Line, Needed, Option

__all__ = [
    "Approval",
    "ChannelCode",
    "Event",
    "Fact",
    "Figures",
    "Line",
    "Needed",
    "Option",
    "Origin",
    "Purpose",
    "Question",
    "Stop",
    "advise",
]

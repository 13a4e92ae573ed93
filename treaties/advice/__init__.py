"""Which channel to take, and why: pure rules over the law, the treaties and the ledger of a country. No hidden score."""

from treaties.advice.advising import advise
from treaties.advice.asking import Event, Fact, Figures, Origin, Purpose, Question, Stop, Way
from treaties.advice.options import Approval, Line, Needed, Option

__all__ = [
    "Approval",
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
    "Way",
    "advise",
]

"""Channel advice: one question, facts gathered and rules applied, beside its 15 ms."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import date

from agencies.models import Agency
from bench.django_at import django_at
from bench.figures import Figure, interleaved
from cases.advice import Asked, advice_for
from countries.models import Country
from treaties.codes import request_type_by_code

_LIMIT = 15.0
_ROUNDS = 20
_QUESTIONS = (
    ("TH", "mla_evidence_out", "320583000000"),
    ("US", "extradition_out", "320000000000"),
    ("MM", "border_area_police_cooperation", "533102000000"),
    ("KZ", "police_cooperation_out", "654004000000"),
)


def measure(_small: str, large: str) -> list[Figure]:
    """Milliseconds of one answer, over questions of each kind in turn."""
    with django_at(large):
        medians = interleaved({"advice": _answers()})
    return [Figure(f"advice: at most {_LIMIT:.0f} ms", medians["advice"], _LIMIT, "ms", 1, most=True)]


def _answers() -> Callable[[], float]:
    questions = itertools.cycle(_QUESTIONS)

    def measure() -> float:
        started = time.perf_counter()
        for country, kind, origin in itertools.islice(questions, _ROUNDS):
            found = request_type_by_code(kind)
            assert found is not None
            advice_for(
                Asked(
                    country=Country.objects.get(code=country),
                    kind=found,
                    urgency="normal",
                    purpose="evidence",
                    origin=Agency.objects.get(code=origin),
                    on=date(2026, 11, 21),
                )
            )
        return 1000 * (time.perf_counter() - started) / _ROUNDS

    return measure

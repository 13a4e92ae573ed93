"""Kaplan–Meier against a published worked example, by chance, and at its ends."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.record.survival import kaplan_meier

# Freireich et al. 1963, the arm with 6-mercaptopurine: weeks of remission; the second list was censored.
RELAPSED = Counter([6, 6, 6, 7, 10, 13, 16, 22, 23])
CENSORED = Counter([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
# week: at risk, survival, and the bounds on the log-log scale
PUBLISHED = {
    6: (21, 0.857, 0.6197, 0.9516),
    7: (17, 0.807, 0.5631, 0.9228),
    10: (15, 0.753, 0.5032, 0.8894),
    13: (12, 0.690, 0.4316, 0.8491),
    16: (11, 0.627, 0.3675, 0.8049),
    22: (7, 0.538, 0.2678, 0.7468),
    23: (6, 0.448, 0.1881, 0.6801),
}
DAYS = st.dictionaries(st.integers(0, 60), st.integers(1, 6), max_size=12)


def test_the_published_example():
    curve = kaplan_meier(RELAPSED, CENSORED)
    assert curve.n == 21
    assert [step.day for step in curve.steps] == list(PUBLISHED)
    for step in curve.steps:
        at_risk, share, low, high = PUBLISHED[step.day]
        assert step.at_risk == at_risk == curve.at_risk(step.day)
        assert step.share == pytest.approx(share, abs=5e-4)
        assert (step.low, step.high) == pytest.approx((low, high), abs=1e-4)
    assert curve.median == 23
    assert curve.interval == (13, None)


def test_no_events_one_case_and_nothing():
    waits = kaplan_meier({}, {30: 12})
    assert (waits.n, waits.steps, waits.median, waits.interval) == (12, (), None, (None, None))
    one = kaplan_meier({4: 1}, {})
    assert [(step.at_risk, step.share, step.low, step.high) for step in one.steps] == [(1, 0.0, 0.0, 1.0)]
    assert one.median is None  # of one nothing is told
    assert kaplan_meier({}, {}).steps == ()


def test_ties_and_those_censored_on_the_day_of_an_answer():
    curve = kaplan_meier({3: 2}, {3: 3, 9: 5})
    assert [(step.day, step.at_risk, step.answered, step.share) for step in curve.steps] == [(3, 10, 2, 0.8)]
    assert curve.at_risk(4) == 5
    assert (curve.at(2), curve.at(8)) == (None, curve.steps[0])


def test_the_median_is_told_only_where_enough_are_left():
    assert kaplan_meier({1: 6}, {0: 20, 9: 6}).median == 1
    assert kaplan_meier({1: 2}, {0: 20, 9: 2}).median is None


def test_the_curve_ends_where_fewer_than_five_are_left():
    assert kaplan_meier({1: 3}, {2: 1}).end is None
    assert kaplan_meier({1: 3, 7: 2}, {5: 1, 9: 3}).end == 7


@given(DAYS, DAYS)
def test_by_chance(answered, waiting):
    curve = kaplan_meier(answered, waiting)
    before = 1.0
    for step in curve.steps:
        assert 0 <= step.low <= step.share <= step.high <= 1
        assert step.share < before
        before = step.share
    if not waiting:  # then it is the plain share of what is left
        for step in curve.steps:
            later = sum(n for day, n in answered.items() if day > step.day)
            assert step.share == pytest.approx(later / curve.n)


@given(DAYS, st.integers(1, 40))
def test_more_that_wait_longer_make_it_slower(answered, more):
    plain, slower = kaplan_meier(answered, {}), kaplan_meier(answered, {99: more})
    for one, other in zip(plain.steps, slower.steps, strict=True):
        assert other.share > one.share


def test_too_few_left_is_not_the_same_as_not_yet_half():
    waits = kaplan_meier({3: 2}, {40: 10})
    assert (waits.median, waits.few) == (None, False)
    assert not kaplan_meier({}, {40: 10}).few
    # The half is crossed where no five are left: whether it is so nobody can say.
    late = kaplan_meier({3: 2, 60: 1, 61: 1, 62: 1, 63: 1}, {50: 6})
    assert (late.median, late.few) == (None, True)

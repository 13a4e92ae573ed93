"""Who reads whose figures; work secrets and drafts are in none; the fold survives what can happen to it."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection
from django.urls import reverse

from agencies import turns
from agencies.scope import acting
from cases.board import access, facts, fold, reading
from cases.models import BoardCell, BoardFold, BoardNow, CaseFigure, TouchedCase
from tests import watching
from tests.browsing import log_in
from tests.cases.test_reorganise import World
from tests.cast import PLACES
from tests.conftest import connected_as, django_connected_as

READS = [("kunshan.supervisor", "kunshan"), ("suzhou.chief", "kunshan"), ("jiangsu.supervisor", "suzhou")]
STRANGERS = [("kunshan.supervisor", "suzhou"), ("yunnan.supervisor", "kunshan"), ("beijing.chief", "jiangsu")]


def figures(cast, login: str, place: str = "") -> reading.Figures:
    actor = cast.actor(login)
    with acting(actor):
        return reading.read(access.board_of(actor, PLACES.get(place, "")), period=13).whole


@pytest.fixture
def filed(real_db, story):
    """Two of Kunshan's, one a secret, and a draft."""
    cases = [story.submitted(), story.submitted(mark="work_secret"), story.draft()]
    watching.fold()
    return cases


def test_each_opens_the_own_board_and_those_below_and_no_other(filed, cast):
    for login, place in READS:
        assert figures(cast, login, place).n(facts.FILED) == 1
        answer = log_in(cast, login).get(reverse("board-of", args=[PLACES[place]]))
        assert answer.status_code == 200
        assert cast.agency(place).name in answer.content.decode()
    for login, place in STRANGERS:
        client = log_in(cast, login)
        other = client.get(reverse("board-of", args=[PLACES[place]]))
        none = client.get(reverse("board-of", args=["999999999999"]))
        assert other.status_code == none.status_code == 404
        assert client.get(reverse("api-stats"), {"agency": PLACES[place]}).status_code == 404
    for login in ("kunshan.officer", "guohe.desk", "auditor", "sysadmin"):
        client = log_in(cast, login)
        assert client.get(reverse("board")).status_code == 403
        assert client.get(reverse("api-stats")).status_code == 403


def test_the_database_shows_no_figure_from_outside_the_subtree_and_takes_none(filed, cast):
    kunshan = cast.agency("kunshan").pk
    for login in ("yunnan.supervisor", "beijing.chief", "kunshan.officer", "auditor"):
        with acting(cast.actor(login)):
            assert not BoardCell.objects.filter(agency_id=kunshan).exists()
            assert not BoardNow.objects.filter(agency_id=kunshan).exists()
    with acting(cast.actor("kunshan.supervisor")):
        assert set(BoardCell.objects.values_list("agency_id", flat=True)) == {kunshan}
        assert not CaseFigure.objects.exists()
        assert not TouchedCase.objects.exists()
    for table in ("boardcell", "boardnow", "boardfold", "casefigure", "touchedcase"):
        with connected_as("app") as raw, pytest.raises(Exception, match="permission denied"):
            raw.execute(f"DELETE FROM cases_{table}")


def test_a_secret_and_a_draft_are_in_no_figure_and_what_becomes_one_leaves(filed, cast):
    with django_connected_as("worker"):
        assert [one.case_id for one in CaseFigure.objects.all()] == [filed[0].pk]
    with connected_as("migrate") as raw:
        raw.execute("SET ROLE coopdesk_owner")
        raw.execute("UPDATE cases_case SET mark = 'work_secret' WHERE id = %s", [filed[0].pk])
    watching.fold()
    assert figures(cast, "kunshan.supervisor").period == {}
    with django_connected_as("worker"):
        assert not BoardCell.objects.exists()


class TestFold:
    def test_a_killed_fold_has_done_nothing(self, real_db, story, cast, monkeypatch):
        story.submitted()
        monkeypatch.setattr(fold, "_NOW", "SELECT 1/0")
        with pytest.raises(Exception, match="zero"):
            watching.fold()
        with django_connected_as("worker"):
            assert TouchedCase.objects.exists()
            assert not BoardCell.objects.exists()
            assert BoardFold.objects.get().as_of is None
        monkeypatch.undo()
        watching.fold()
        assert figures(cast, "kunshan.supervisor").n(facts.FILED) == 1

    def test_of_two_at_once_one_leaves(self, real_db, story, cast):
        story.submitted()
        with connected_as("worker") as other, other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(hashtextextended('', %s))", [turns.Turn.BOARD.value])
            assert watching.fold() == 0
            with django_connected_as("worker"):
                assert TouchedCase.objects.exists()
        watching.fold()
        assert figures(cast, "kunshan.supervisor").n(facts.FILED) == 1

    def test_one_that_ends_while_a_board_is_read_is_in_none_of_it(self, real_db, story, cast):
        story.submitted()
        watching.fold()
        story.submitted()
        folds: list[Thread] = []

        def meanwhile(execute, sql, params, many, context):
            done = execute(sql, params, many, context)
            if "cases_board" in sql and not folds:
                folds.append(Thread(target=watching.fold))
                folds[0].start()
                folds[0].join()
            return done

        with connection.execute_wrapper(meanwhile):
            board = figures(cast, "jiangsu.supervisor")
        assert len(folds) == 1
        assert (board.n(facts.FILED), board.standing(fold.OPEN)) == (1, 1)
        board = figures(cast, "jiangsu.supervisor")
        assert (board.n(facts.FILED), board.standing(fold.OPEN)) == (2, 2)

    def test_many_changes_are_taken_in_turns(self, real_db, story, cast, monkeypatch):
        monkeypatch.setattr(fold, "BATCH", 3)
        for _n in range(3):
            story.submitted()
        watching.fold()
        assert figures(cast, "kunshan.supervisor").n(facts.FILED) == 3

    def test_old_weeks_are_dropped(self, real_db, cast, monkeypatch):
        past = watching.Past(cast, watching.random.Random(1))
        past.begin(20).submitted()
        watching.fold()
        monkeypatch.setattr(fold, "WEEKS_KEPT", 10)
        watching.fold()
        with django_connected_as("worker"):
            assert not BoardCell.objects.exists()
            assert not CaseFigure.objects.exists()
        # What is still open goes on counting, and what happens to it now.
        case = past.fresh(past.submitted())
        past.step("kunshan.chief", case, "approve")
        watching.fold()
        assert figures(cast, "kunshan.supervisor").standing(fold.OPEN) == 2

    def test_a_merged_organ_brings_its_figures_along(self, real_db, story, cast):
        story.closed("ruili")
        story.submitted("ruili")
        watching.fold()
        World(cast).done("ruili", "kunshan")
        watching.fold()
        assert figures(cast, "kunshan.supervisor").n(facts.FILED) == 2
        assert figures(cast, "jiangsu.supervisor").n(facts.FILED) == 2
        assert figures(cast, "yunnan.supervisor").n(facts.FILED) == 0

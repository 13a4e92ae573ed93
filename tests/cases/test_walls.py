"""The two walls, each tested with the other one off (blueprint §6)."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from agencies.errors import NotVisible
from agencies.scope import acting
from cases import policies
from cases.models import Case, Leg, Note, OpenQueue, RequestItem, Subject
from tests.conftest import connected_as, django_connected_as

STRANGERS = ["ruili.officer", "ruili.chief", "dehong.desk", "yunnan.supervisor", "chaoyang.officer", "beijing.chief"]
ROUTE = ["kunshan.officer", "kunshan.desk", "suzhou.desk", "suzhou.chief", "jiangsu.supervisor", "guohe.desk"]
ADMINS = ["sysadmin", "secadmin", "auditor"]
TABLES = [
    "revision",
    "subject",
    "requestitem",
    "leg",
    "involvement",
    "deadline",
    "transmission",
    "receipt",
    "attachment",
    "note",
    "disposal",
]


class TestFirstWall:
    """The queryset alone: connected as the worker, whom row-level security lets see everything."""

    @pytest.fixture(autouse=True)
    def _no_second_wall(self, real_db, story):
        self.case, self.draft = story.submitted(), story.draft()
        with django_connected_as("worker"):
            assert Case.objects.count() == 2
            yield

    def seen(self, actor):
        return set(policies.visible_to(actor).values_list("pk", flat=True))

    @pytest.mark.parametrize("login", STRANGERS + ADMINS)
    def test_strangers_and_administrators_see_nothing(self, cast, login):
        assert self.seen(cast.actor(login)) == set()
        with pytest.raises(NotVisible):
            policies.get_visible(cast.actor(login), self.case.pk)

    @pytest.mark.parametrize("login", ROUTE)
    def test_the_route_sees_the_case_and_the_origin_alone_the_draft(self, cast, login):
        seen = self.seen(cast.actor(login))
        assert self.case.pk in seen
        assert (self.draft.pk in seen) is login.startswith("kunshan")


@pytest.mark.django_db
class TestSecondWall:
    """Row-level security alone: plain managers, no policies."""

    @pytest.mark.parametrize("login", STRANGERS + ADMINS)
    def test_strangers_and_administrators_see_no_row_of_any_table(self, story, cast, login):
        story.dispatched()
        with acting(cast.actor(login)):
            assert not Case.objects.exists()
            assert not OpenQueue.objects.exists()
            with connection.cursor() as cursor:
                for table in TABLES:
                    cursor.execute(f"SELECT count(*) FROM cases_{table}")
                    assert cursor.fetchone() == (0,), table

    @pytest.mark.parametrize("login", ROUTE)
    def test_the_route_sees_the_case_with_its_parts(self, story, cast, login):
        case = story.dispatched()
        with acting(cast.actor(login)):
            assert Case.objects.filter(pk=case.pk).exists()
            assert Leg.objects.filter(case=case).count() > 4
            assert Subject.objects.filter(case=case).exists()

    def test_without_a_scope_there_is_nothing(self, story):
        story.submitted()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('coopdesk.agency', '', true)")
        assert not Case.objects.exists()

    def test_a_stranger_cannot_attach_rows_to_a_hidden_case(self, story, cast):
        case = story.submitted()
        with pytest.raises(Exception, match="row-level security"), acting(cast.actor("ruili.officer")):
            RequestItem.objects.create(case_id=case.pk, position=9, description="x")

    def test_an_internal_note_stays_in_the_agency(self, story, cast):
        case = story.submitted()
        with acting(cast.actor("kunshan.officer")):
            author = cast.officer("kunshan.officer")
            Note.objects.create(case=case, author=author, agency=cast.agency("kunshan"), audience="agency", text="内部")
        with acting(cast.actor("suzhou.desk")):
            assert not Note.objects.filter(case=case).exists()
        with acting(cast.actor("kunshan.desk")):
            assert Note.objects.filter(case=case).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wall", ["first", "second"])
def test_a_work_secret_opens_to_approvers_supervisors_and_its_handlers(story, cast, wall):
    case = story.submitted(mark="work_secret")
    may = {"kunshan.officer", "kunshan.chief", "kunshan.supervisor", "suzhou.chief", "jiangsu.supervisor"}
    for login in [*may, "kunshan.desk", "suzhou.officer", "suzhou.desk", "guohe.desk"]:
        actor = cast.actor(login)
        with acting(actor):
            rows = policies.visible_to(actor) if wall == "first" else Case.objects.all()
            assert rows.filter(pk=case.pk).exists() is (login in may), login


@pytest.mark.django_db
def test_assigning_a_handler_opens_a_work_secret_to_him(story, cast, see):
    case = story.submitted(mark="work_secret")
    story.step("kunshan.chief", case, "assign_handler", handler="kunshan.desk")
    with see("kunshan.desk"):
        assert Case.objects.filter(pk=case.pk).exists()


def test_the_tests_run_as_the_web_role_which_bypasses_nothing(real_db):
    with connected_as("app") as app:
        row = app.execute(
            "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner"
            " WHERE o.rolname = current_user AND c.relkind = 'r') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, 0)


def test_every_case_table_has_its_wall(real_db):
    with connected_as("app") as app:
        rows = app.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'cases_%%'"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        ).fetchall()
    assert {name for (name,) in rows} <= {"cases_casenumber", "cases_internallimit", "cases_retentionperiod"}


@pytest.mark.parametrize("table", ["cases_case", "cases_leg", "cases_involvement", "cases_revision", "cases_note"])
def test_the_web_role_deletes_nothing(real_db, table):
    with connected_as("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"DELETE FROM {table}")

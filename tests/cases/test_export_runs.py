"""What becomes of an export: cancelled, killed, overtaken, refused, expired; who may fetch it, and what is recorded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now
from django.urls import reverse

from agencies import outbox
from agencies.actors import Actor
from agencies.errors import Conflict, GuardFailed, Malformed, NotPermitted, NotVisible
from agencies.models import Appointment, AuditEvent, Officer
from agencies.roles import Role
from agencies.scope import acting, behind_the_wall
from cases import blobs, tasks
from cases.exports import jobs, registry, running
from cases.exports.kinds import Batch, Kind
from cases.models import Case, Export
from tests.browsing import log_in
from tests.cases.test_exports import OFFICER, ask, fetched, fresh, work
from tests.conftest import ROOT, connected_as, django_connected_as, with_name
from tests.delegating import lend


def kinds_of(job: Export) -> list[str]:
    return list(AuditEvent.objects.filter(subject=f"export:{job.pk}").order_by("pk").values_list("kind", flat=True))


def lying(job: Export) -> bool:
    """Does its file lie in the storage?"""
    return default_storage.exists(blobs.key_of(job.sha256, jobs.FOLDER))


def as_worker(change: str, *values: object) -> None:
    with connected_as("worker") as raw:
        raw.execute(change.encode(), values)


def between_batches(monkeypatch: pytest.MonkeyPatch, act: object) -> list[str]:
    """Make `cases` a list of two batches, and do `act` between them, as somebody else would. What is given back says
    whether the run went on after the second."""
    went_on: list[str] = []

    def batches(actor: Actor, params: object, at: object) -> Iterator[Batch]:
        yield Batch([("一",) * 16])
        act()  # type: ignore[operator]
        yield Batch([("二",) * 16])
        went_on.append("yes")

    old = registry.KINDS["cases"]
    parts = {name: getattr(old, name) for name in ("code", "label", "columns", "read", "count", "filters")}
    monkeypatch.setitem(registry.KINDS, "cases", Kind(**parts, batches=batches))  # type: ignore[arg-type]
    return went_on


class TestARun:
    def test_is_started_by_the_outbox_and_ends_with_a_file(self, real_db, cast, story):
        story.submitted()
        job = ask(cast)
        assert (job.state, job.expires_at) == ("waiting", None)
        with django_connected_as("worker"):
            outbox.drain()
            assert tasks.run_exports() is True
            assert tasks.run_exports() is False
        job = fresh(cast, job)
        assert (job.state, job.done, job.total, job.failure) == ("done", 1, 1, "")
        assert timedelta(days=6) < job.expires_at - job.finished_at <= timedelta(days=7)
        assert fetched(cast, job).startswith(b"PK")
        assert kinds_of(job) == ["export.start", "export.done", "export.download"]

    def test_stops_between_batches_when_it_is_cancelled(self, real_db, cast, monkeypatch):
        job = ask(cast)
        cancel = "UPDATE cases_export SET state = 'cancelled', finished_at = now()"
        went_on = between_batches(monkeypatch, lambda: as_worker(cancel))
        assert work()
        assert not went_on
        job = fresh(cast, job)
        assert (job.state, job.done, job.sha256) == ("cancelled", 1, "")
        assert not work()

    def test_of_a_killed_worker_is_taken_up_again_and_the_old_run_stops(self, real_db, cast, monkeypatch):
        job = ask(cast)
        other = "UPDATE cases_export SET attempts = attempts + 1"  # another worker leased it
        went_on = between_batches(monkeypatch, lambda: as_worker(other))
        assert work()
        assert not went_on
        job = fresh(cast, job)
        assert (job.state, job.attempts, job.sha256) == ("running", 2, "")
        assert not work(), "its lease still runs"
        as_worker("UPDATE cases_export SET leased_until = now() - interval '1 second'")
        monkeypatch.undo()
        assert work()
        assert (fresh(cast, job).state, fresh(cast, job).attempts) == ("done", 3)

    def test_that_keeps_killing_its_worker_fails_clearly(self, real_db, cast):
        job = ask(cast)
        as_worker("UPDATE cases_export SET state = 'running', attempts = 3, leased_until = now() - interval '1 second'")
        assert not work()
        job = fresh(cast, job)
        assert (job.state, job.failure) == ("failed", "做了 3 次都没有做完。请缩小范围再导出。")
        assert kinds_of(job) == ["export.start", "export.fail"]

    @pytest.mark.skipif(sys.platform == "win32", reason="signals")
    def test_really_killed_leaves_a_job_to_take_up(self, real_db, cast, story):
        story.submitted()
        job = ask(cast)
        env = os.environ | {
            "WORKER_DATABASE_URL": with_name(os.environ["WORKER_DATABASE_URL"], real_db),
            "COOPDESK_DB_ROLE": "worker",
            "DJANGO_SETTINGS_MODULE": "coopdesk.settings",
        }
        code = (
            "import django, os, signal; django.setup()\n"
            "from cases.exports import running\n"
            "running._keep = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
            "running.run_next()"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=False, capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        assert (fresh(cast, job).state, fresh(cast, job).done) == ("running", 1)
        as_worker("UPDATE cases_export SET leased_until = now() - interval '1 second'")
        assert work()
        assert fresh(cast, job).state == "done"

    def test_ends_when_the_appointment_has_ended(self, real_db, cast, story, monkeypatch):
        story.submitted()
        job = ask(cast)
        end = "UPDATE agencies_appointment SET ends_at = now() WHERE officer_id = %s"
        between_batches(monkeypatch, lambda: as_worker(end, job.officer_id))
        actor = cast.actor(OFFICER)
        assert work()
        with acting(actor):
            job = Export.objects.get()
        assert (job.state, job.sha256) == ("failed", "")
        assert "任职已经变动" in job.failure

    def test_under_a_lent_role_ends_with_the_loan(self, real_db, cast, story):
        story.submitted(mark="work_secret")
        loan = lend(cast, "kunshan.chief", OFFICER)
        Officer.objects.filter(pk=loan.delegate_id).update(acting_delegation=loan)
        client = log_in(cast, OFFICER)
        client.post(reverse("export-list"), {"kind": "cases", "format": "xlsx"})
        assert work()
        with connected_as("worker") as raw:
            job_id, state, done = raw.execute("SELECT id, state, done FROM cases_export").fetchone()
        assert (state, done) == ("done", 1), "an approver sees the secret"
        assert client.get(reverse("export-file", args=[job_id])).status_code == 200
        Officer.objects.filter(pk=loan.delegate_id).update(acting_delegation=None)
        assert client.get(reverse("export-file", args=[job_id])).status_code == 404
        assert str(job_id) not in client.get(reverse("export-list")).content.decode()

    def test_too_many_rows_are_refused_in_words(self, real_db, cast, story, monkeypatch):
        monkeypatch.setitem(running.MOST_ROWS, "xlsx", 2)
        for _n in range(3):
            story.draft()
        job = ask(cast)
        work()
        assert fresh(cast, job).failure.startswith("超过 2 行")

    def test_a_character_without_a_glyph_is_marked_and_stops_no_list(self, real_db, cast, story):
        story.submitted(title="演示 𠮷 案 \U00013000")
        story.submitted(title="".join(chr(0x13001 + n) for n in range(100)))
        job = ask(cast, file_format="pdf")
        work()
        assert (fresh(cast, job).state, fresh(cast, job).done) == ("done", 2)

    def test_reads_behind_the_wall_though_the_worker_sees_all(self, real_db, cast, story):
        story.submitted("ruili")
        with django_connected_as("worker"):
            assert Case.objects.count() == 1
            with behind_the_wall(cast.actor(OFFICER)):
                assert Case.objects.count() == 0
            with behind_the_wall(cast.actor("ruili.officer")):
                assert Case.objects.count() == 1
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user")
                assert cursor.fetchone() == ("coopdesk_worker",)


class TestAFile:
    @pytest.fixture
    def job(self, real_db, cast, story) -> Export:
        story.submitted()
        job = ask(cast)
        assert work()
        return fresh(cast, job)

    def test_goes_when_its_time_is_up(self, cast, job):
        with django_connected_as("worker"):
            assert tasks.expire_exports() == 0
            assert lying(job)
            Export.objects.filter(pk=job.pk).update(expires_at=Now())
            assert tasks.expire_exports() == 1
        assert not lying(job)
        assert fresh(cast, job).state == "expired"
        assert log_in(cast, OFFICER).get(reverse("export-file", args=[job.pk])).status_code == 409
        assert kinds_of(job)[-1] == "export.expire"

    def test_is_for_nobody_else(self, cast, job):
        for login in ("kunshan.chief", "kunshan.desk", "suzhou.chief", "ruili.officer", "guohe.supervisor", "auditor"):
            client = log_in(cast, login)
            refused = {client.get(reverse("export-file", args=[job.pk])).status_code}
            refused.add(client.post(reverse("export-cancel", args=[job.pk])).status_code)
            assert refused <= {403, 404}, login
        with acting(cast.actor("kunshan.chief")):
            assert not Export.objects.exists(), "the wall"

    def test_is_for_the_same_appointment_alone(self, cast, job):
        officer, client = cast.officer(OFFICER), log_in(cast, OFFICER)
        other = Appointment.objects.create(officer=officer, agency=cast.agency("kunshan"), role=Role.DESK)
        for acting_as, status in ((other, 404), (job.appointment, 200)):
            Officer.objects.filter(pk=officer.pk).update(acting_appointment=acting_as)
            response = client.get(reverse("export-file", args=[job.pk]))
            assert response.status_code == status
            response.close()

    def test_is_sent_as_a_file_under_the_name_of_the_list(self, cast, job):
        response = log_in(cast, OFFICER).get(reverse("export-file", args=[job.pk]))
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "private, no-store"
        response.close()

    def test_that_was_changed_is_not_given_out(self, cast, job):
        path = default_storage.path(blobs.key_of(job.sha256, jobs.FOLDER))
        os.chmod(path, 0o600)
        with open(path, "ab") as stored:
            stored.write(b"x")
        assert log_in(cast, OFFICER).get(reverse("export-file", args=[job.pk])).status_code == 302
        assert kinds_of(job)[-1] == "export.file_damaged"

    def test_is_lost_with_the_appointment(self, cast, job):
        Appointment.objects.filter(pk=job.appointment_id).update(ends_at=Now())
        assert log_in(cast, OFFICER).get(reverse("export-file", args=[job.pk])).status_code in (403, 404)


@pytest.mark.django_db
class TestAsking:
    def test_is_for_officers_who_work_on_cases(self, cast):
        for login in ("sysadmin", "auditor"):
            with pytest.raises(NotPermitted):
                ask(cast, login)

    def test_every_fault_is_named(self, cast):
        with pytest.raises(Malformed) as caught:
            ask(cast, kind="everything", file_format="csv")
        assert [reason.pointer for reason in caught.value.reasons] == ["/kind", "/format"]
        with pytest.raises(Malformed) as caught:
            ask(cast, status="nothing", origin="12", colour="red")
        assert sorted(r.pointer for r in caught.value.reasons) == ["/params/colour", "/params/origin", "/params/status"]

    def test_a_few_at_a_time(self, cast):
        for _n in range(jobs.MOST_BUSY):
            job = ask(cast)
        with pytest.raises(GuardFailed):
            ask(cast)
        actor = cast.actor(OFFICER)
        with acting(actor):
            jobs.cancel(actor=actor, export_id=job.pk)
        assert ask(cast).state == "waiting"

    def test_what_ended_is_not_cancelled_and_what_is_not_mine_is_absent(self, cast):
        job, actor = ask(cast), cast.actor(OFFICER)
        with acting(actor):
            jobs.cancel(actor=actor, export_id=job.pk)
            with pytest.raises(Conflict):
                jobs.cancel(actor=actor, export_id=job.pk)
        with acting(cast.actor("kunshan.desk")), pytest.raises(NotVisible):
            jobs.cancel(actor=cast.actor("kunshan.desk"), export_id=job.pk)

    def test_from_the_list_with_its_filters(self, cast, story):
        story.submitted()
        client = log_in(cast, OFFICER)
        page = client.get(reverse("case-list"), {"status": "in_review", "q": "刷单"}).content.decode()
        assert 'name="list-status" value="in_review"' in page
        assert 'name="list-q" value="刷单"' in page
        asked = {"kind": "cases", "format": "pdf", "list-status": "in_review", "list-q": "刷单"}
        page = client.post(reverse("export-list"), asked, follow=True).content.decode()
        assert "已经开始导出" in page
        assert "排队中" in page
        assert f'hx-get="{reverse("export-rows")}"' in page
        assert "看看做好没有" in page
        with acting(cast.actor(OFFICER)):
            job = Export.objects.get()
        assert (job.params, job.format) == ({"status": "in_review", "q": "刷单"}, "pdf")
        assert "已取消" in client.post(reverse("export-cancel", args=[job.pk]), follow=True).content.decode()
        assert "hx-get" not in client.get(reverse("export-rows")).content.decode()

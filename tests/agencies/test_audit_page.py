"""The auditor's page: filters, paging both ways, verification in bites, and the record of his own looking."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agencies import audit, seals, verification
from agencies.actors import SYSTEM
from agencies.models import AuditEvent
from agencies.web import audit as page
from tests.conftest import connected_as, django_connected_as

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def auditor(client, cast, settings, tmp_path):
    settings.CHECKPOINTS_ROOT = tmp_path / "checkpoints"
    settings.AUDIT_KEY = tmp_path / "audit.key"
    client.force_login(cast.officer("auditor"), backend=BACKEND)
    return client


def record(count: int = 1, kind: str = "case.approve", subject: str = "case:1", actor=SYSTEM) -> None:
    for _number in range(count):
        audit.record(actor=actor, kind=kind, subject=subject, facts={"leg": 7})


def shown(response) -> list[AuditEvent]:
    return [row["event"] for row in response.context["rows"]]


@pytest.mark.django_db
def test_events_newest_first_and_reading_is_on_the_record(auditor, cast):
    record(3)
    first = auditor.get(reverse("audit-log") + "?kind=case.*")
    assert [event.kind for event in shown(first)] == ["case.approve"] * 3
    second = auditor.get(reverse("audit-log"))
    newest = shown(second)[0]
    assert (newest.kind, newest.facts) == ("audit.read", {"kind": "case.*"})
    assert newest.officer == cast.officer("auditor")


@pytest.mark.django_db
def test_filters(auditor, cast):
    record(subject="case:0190-a")
    record(kind="officer.reset", subject=f"officer:{cast.officer('kunshan.officer').pk}", actor=cast.actor("sysadmin"))
    address = reverse("audit-log")
    assert [e.subject for e in shown(auditor.get(f"{address}?subject=case:0190-a"))] == ["case:0190-a"]
    for number in ("ＫＵＮＳＨＡＮ.officer", "sysadmin"):
        found = shown(auditor.get(address, {"officer": number}))
        assert [event.kind for event in found] == ["officer.reset"], "what he did and what was done to him"
    assert shown(auditor.get(f"{address}?officer=nobody")) == []
    assert shown(auditor.get(f"{address}?until=2020-01-01")) == []
    assert len(shown(auditor.get(f"{address}?since=2020-01-01&kind=officer.*"))) == 1
    assert "officer" not in AuditEvent.objects.filter(kind="audit.read").latest("pk").facts


@pytest.mark.django_db
def test_ids_are_shown_by_their_names_and_found_by_them(auditor, cast, story):
    case = story.submitted()
    story.step("kunshan.chief", case, "assign_handler", handler="kunshan.desk")
    html = auditor.get(reverse("audit-log"), {"subject": case.number, "kind": "case.*"}).content.decode()
    assert html.count(f">{case.number}</a>") == 3
    assert f"kunshan.desk {cast.officer('kunshan.desk').name}" in html
    assert "昆山市公安局" in html
    assert ">今日 " in html
    officer = cast.officer("kunshan.officer")
    record(kind="officer.reset", subject=f"officer:{officer.pk}", actor=cast.actor("sysadmin"))
    html = auditor.get(reverse("audit-log"), {"subject": "kunshan.officer"}).content.decode()
    assert f">{officer.police_number} {officer.name}</a>" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "kind=x",
        "subject=no",
        "subject=case:'--",
        "since=soon",
        "until=2026-13-01",
        "before=x",
        "after=-1",
        "officer=" + "x" * 50,
    ],
)
def test_bad_filters_are_refused_kindly(auditor, query):
    assert auditor.get(f"{reverse('audit-log')}?{query}").status_code == 400


@pytest.mark.django_db
def test_pages_both_ways(auditor):
    record(page.PAGE * 2 + 10)
    address = reverse("audit-log") + "?kind=case.approve"
    first = auditor.get(address)
    assert not first.context["newer"]
    second = auditor.get(f"{address}&before={first.context['older']}")
    third = auditor.get(f"{address}&before={second.context['older']}")
    assert [len(shown(response)) for response in (first, second, third)] == [page.PAGE, page.PAGE, 10]
    assert not third.context["older"]
    back = auditor.get(f"{address}&after={third.context['newer']}")
    assert shown(back) == shown(second)
    assert not auditor.get(f"{address}&after={back.context['newer']}").context["newer"]


@pytest.mark.django_db
def test_no_query_count_grows_with_events(auditor, django_assert_max_num_queries):
    record(page.PAGE)
    with django_assert_max_num_queries(16):
        auditor.get(reverse("audit-log"))


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["sysadmin", "secadmin", "guohe.chief", "guohe.supervisor"])
def test_closed_to_everybody_else(client, cast, login):
    client.force_login(cast.officer(login), backend=BACKEND)
    assert client.get(reverse("audit-log")).status_code == 403
    assert client.post(reverse("audit-verify")).status_code == 403


# --- Verification, with real seals --------------------------------------------------------------------------------


@pytest.fixture
def sealed(real_db, auditor, settings):
    """Twelve sealed events and a checkpoint."""
    record(12)
    with django_connected_as("worker"):
        seals.seal()
        seals.sign_checkpoint()
    return auditor


def last_result() -> dict:
    return AuditEvent.objects.filter(kind="audit.verify").latest("pk").facts


def test_a_whole_trail(sealed):
    response = sealed.post(reverse("audit-verify"), follow=True)
    assert "校验过 12 条，完整" in " ".join(response.content.decode().split())
    assert last_result() | {"whole": True, "sealed": 12, "last_checkpoint": 12, "faults": []} == last_result()


def test_a_trail_that_was_touched(sealed):
    with connected_as("migrate") as owner:
        owner.execute("SET ROLE coopdesk_owner")
        owner.execute("ALTER TABLE agencies_auditevent DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE agencies_auditevent SET facts = '{\"leg\": 8}' WHERE id = (SELECT min(id) FROM agencies_auditevent)"
        )
    response = sealed.post(reverse("audit-verify"), follow=True)
    assert "审计日志被动过" in response.content.decode()
    assert last_result()["faults"] == [["event_changed", 1]]


def test_a_long_trail_is_checked_in_bites(sealed, monkeypatch):
    """Each POST goes a bite further and shows how far; the walk of bites finds what one walk finds."""
    monkeypatch.setattr(verification, "BATCH", 5)
    monkeypatch.setattr(page, "BITE_SECONDS", 1e-9)
    address = reverse("audit-verify")
    assert sealed.get(address).status_code == 302, "nothing is under way"
    first = sealed.post(address)
    assert (first.context["seq"], first.context["until"]) == (5, 12)
    assert sealed.get(address).context["seq"] == 5, "a reload does not lose it"
    assert sealed.post(address).context["seq"] == 10
    assert sealed.post(address)["Location"] == reverse("audit-log")
    assert last_result()["whole"] is True
    assert last_result()["checkpoints"] == 1


def test_it_can_be_stopped(sealed, monkeypatch):
    monkeypatch.setattr(verification, "BATCH", 5)
    monkeypatch.setattr(page, "BITE_SECONDS", 1e-9)
    sealed.post(reverse("audit-verify"))
    assert sealed.post(reverse("audit-verify"), {"act": "stop"})["Location"] == reverse("audit-log")
    assert not AuditEvent.objects.filter(kind="audit.verify").exists()

"""Requests about the same person: shown within one's own sight, reported above it, once a pair, and never to be felt."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies import outbox
from agencies.models import Appointment, AuditEvent, Notice, OutboxMessage
from agencies.scope import acting
from cases import content_input, drafts, duplicates
from cases.models import Case, DuplicatePair
from tests.browsing import draft_form, edit_url, log_in
from tests.conftest import django_connected_as

PERSON = {"kind": "person", "name": "张示例", "role": "suspect"}


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


def told() -> list[str]:
    rows = Notice.objects.filter(kind=duplicates.FOUND).values_list("officer__police_number", flat=True)
    return sorted(rows)


def pairs() -> list[tuple[str, str]]:
    with django_connected_as("worker"):
        return sorted(tuple(sorted((p.low_number, p.high_number))) for p in DuplicatePair.objects.all())


def shown(cast, case, login="kunshan.officer") -> list[str]:
    with acting(cast.actor(login)):
        return [match.number for match in duplicates.shown_to(cast.actor(login), case)]


def save(cast, case, login="kunshan.officer", **content) -> Case:
    with acting(cast.actor(login)):
        return drafts.save_draft(actor=cast.actor(login), case_id=case.pk, content=content_input.parse(content))


def about(**changes) -> dict:
    return {"subjects": [PERSON | changes]}


@pytest.mark.django_db
class TestWhatIsAlike:
    """Within one's own sight, where the answer is on the page."""

    @pytest.mark.parametrize(
        ("mine", "theirs"),
        [
            ({"document_number": "ZZ 9000-001"}, {"document_number": "ｚｚ9000001", "name": "李示例"}),
            ({"birth_date": "1990-01-31"}, {"birth_date": "1990-01-31", "nationality": "TH"}),
            ({"nationality": "TH"}, {"nationality": "TH", "birth_date": "1990-01-31"}),
            ({"name": "张 示例", "nationality": "CN"}, {"name": "张·示例", "nationality": "CN"}),
            ({"name": "SMITH, John", "nationality": "US"}, {"name": "john smith", "nationality": "US"}),
            ({"name": "Müller-Lüd", "nationality": "DE"}, {"name": "ＭＵＬＬＥＲ lud", "nationality": "DE"}),
        ],
    )
    def test_one_person_in_two_spellings(self, cast, story, mine, theirs):
        other, case = story.draft(**about(**theirs)), story.draft(**about(**mine))
        assert shown(cast, case) == [other.number]

    @pytest.mark.parametrize(
        ("mine", "theirs"),
        [
            ({}, {}),  # a name alone
            ({"nationality": "TH"}, {"nationality": "LA"}),
            ({"nationality": "TH", "birth_date": "1990-01-31"}, {"nationality": "TH", "birth_date": "1991-01-31"}),
            ({"name": "示例张", "nationality": "CN"}, {"name": "张示例", "nationality": "CN"}),
            ({"document_number": "不详", "name": "甲"}, {"document_number": "不详", "name": "乙"}),
            ({"document_number": "1", "name": "甲"}, {"document_number": "1", "name": "乙"}),
            ({"name": "不详", "nationality": "TH"}, {"name": "不 详", "nationality": "TH"}),
            ({"kind": "entity", "nationality": "TH"}, {"nationality": "TH"}),
        ],
    )
    def test_two_persons(self, cast, story, mine, theirs):
        story.draft(**about(**theirs))
        assert shown(cast, story.draft(**about(**mine))) == []

    def test_another_country_is_another_request(self, cast, story):
        story.draft(country="LA")
        assert shown(cast, story.draft()) == []

    def test_what_has_ended_is_no_duplicate(self, cast, story):
        for status in ("closed", "withdrawn", "declined"):
            story.at(status)
        assert shown(cast, story.draft()) == []

    def test_the_surest_come_first_and_not_without_end(self, cast, story):
        same = {"birth_date": "1990-01-31"}
        sure = story.draft(**about(document_number="ZZ9000001"))
        for _ in range(duplicates.SHOWN + 1):
            story.draft(**about(**same))
        found = shown(cast, story.draft(**about(document_number="ZZ9000001", **same)))
        assert found[0] == sure.number
        assert len(found) == duplicates.SHOWN


@pytest.mark.django_db
class TestThePage:
    def test_it_links_to_the_case_and_says_why(self, cast, story):
        other, case = story.submitted(), story.draft()
        page = log_in(cast, "kunshan.officer").get(edit_url(case)).content.decode()
        assert f'<a class="mono" href="/cases/{other.pk}/">{other.number}</a>' in page
        assert "证件号码相同" in page

    def test_an_autosave_brings_it(self, cast, story):
        other, case = story.submitted(), story.draft(**about())
        client, url = log_in(cast, "kunshan.officer"), reverse("case-autosave", args=[case.pk])
        found = client.post(url, draft_form(case)).json()["duplicates"]
        assert [(one["number"], one["href"]) for one in found] == [(other.number, f"/cases/{other.pk}/")]
        case.version += 1
        found = client.post(url, draft_form(case, **{"subjects-0-document_number": ""})).json()["duplicates"]
        assert found == []

    def test_a_hidden_request_changes_neither_the_answer_nor_a_query(self, cast, story):
        """The same statements, word for word, and the same messages to the worker."""

        def spent(case) -> tuple[list[str], dict, str, int]:
            client, url = log_in(cast, "kunshan.officer"), reverse("case-autosave", args=[case.pk])
            before = OutboxMessage.objects.count()
            with CaptureQueriesContext(connection) as saving:
                told = client.post(url, draft_form(case, title="改过")).json()
            with CaptureQueriesContext(connection) as reading:
                page = client.get(edit_url(case)).content.decode()
            texts = [
                re.sub(r"_x\d+|'[^']*('|$)", "", query["sql"][:60])
                for query in (*saving.captured_queries, *reading.captured_queries)
            ]
            return texts, told["duplicates"], page.count(case.number), OutboxMessage.objects.count() - before

        spent(story.draft(country="LA"))
        first = story.draft(country="MM")
        alone = spent(first)
        story.step("kunshan.officer", first, "discard")
        story.submitted("ruili", country="MM")
        story.draft("suzhou", country="MM")
        hidden = spent(story.draft(country="MM"))
        assert alone[1] == hidden[1] == []
        assert [pair for pair in zip(alone[0], hidden[0], strict=True) if pair[0] != pair[1]] == []
        assert alone == hidden

    def test_a_work_secret_is_shown_to_those_who_handle_it(self, cast, story):
        secret = story.draft(mark="work_secret")
        case = story.draft()
        assert shown(cast, case) == [secret.number]
        assert shown(cast, case, "kunshan.desk") == []
        assert shown(cast, case, "kunshan.chief") == [secret.number]


class TestReports:
    def test_the_lowest_agency_above_both_hears_of_both_numbers_once(self, real_db, cast, story):
        one, two = story.draft("kunshan"), story.draft("ruili")
        drain()
        assert told() == ["guohe.desk"]  # two provinces meet at the ministry, whose own organ is the terminal desk
        save(cast, one, title="再存一次", **about(document_number="ZZ9000001"))
        save(cast, two, "ruili.officer", **about(document_number="ZZ9000001"))
        drain()
        assert told() == ["guohe.desk"]
        assert pairs() == [tuple(sorted((one.number, two.number)))]

    def test_two_agencies_of_one_province_meet_there(self, real_db, cast, story):
        story.draft("kunshan")
        story.draft("suzhou")
        drain()
        assert told() == ["jiangsu.desk"]

    def test_a_place_without_a_desk_tells_its_approvers_and_an_empty_one_its_superior(self, real_db, cast, story):
        Appointment.objects.filter(officer__police_number="jiangsu.desk").delete()
        story.draft("kunshan")
        story.draft("suzhou")
        drain()
        assert told() == ["jiangsu.chief"]
        Appointment.objects.filter(officer__police_number="jiangsu.chief").delete()
        story.draft("suzhou", **about(document_number="ZZ9000001"))
        drain()
        assert told() == ["guohe.desk", "jiangsu.chief"]

    def test_what_the_drafter_sees_is_not_reported(self, real_db, cast, story):
        story.draft("kunshan")
        story.draft("kunshan")
        drain()
        assert told() == []

    def test_nothing_is_said_where_either_drafter_might_read_it(self, real_db, cast, story):
        one, two = story.draft("kunshan"), story.draft("ruili")
        drain()
        kinds = AuditEvent.objects.filter(subject__in=[f"case:{one.pk}", f"case:{two.pk}"]).values_list(
            "kind", flat=True
        )
        assert set(kinds) == {"case.create"}
        event = AuditEvent.objects.get(kind=duplicates.FOUND)
        assert event.subject.startswith("pair:")
        for login in ("kunshan.officer", "ruili.officer", "kunshan.chief"):
            with acting(cast.actor(login)):
                assert not DuplicatePair.objects.exists()
            assert log_in(cast, login).get("/notices/").content.decode().count("GJHZ") == 0

    def test_the_notice_names_both_and_links_what_may_be_seen(self, real_db, cast, story):
        one, two = story.submitted("kunshan"), story.draft("ruili")
        drain()
        client = log_in(cast, "guohe.desk")
        page = client.get("/notices/").content.decode()
        assert f'href="/cases/{one.pk}/">{one.number}' in page
        assert two.number in page
        assert str(two.pk) not in page
        client.get(f"/cases/{one.pk}/")
        assert not Notice.objects.filter(
            officer=cast.officer("guohe.desk"), kind=duplicates.FOUND, read_at=None
        ).exists()

    def test_another_appointment_reads_nothing_in_it(self, real_db, cast, story):
        one, _two = story.draft("kunshan"), story.draft("ruili")
        drain()
        post = Appointment.objects.get(officer__police_number="guohe.desk")
        post.agency = cast.agency("ruili")
        post.save()
        page = log_in(cast, "guohe.desk").get("/notices/").content.decode()
        assert one.number not in page
        assert "不在你的查看范围内" in page

    def test_a_save_that_touches_neither_person_nor_country_searches_nothing(self, real_db, cast, story):
        one = story.draft("kunshan")
        drain()
        save(cast, one, title="只改标题")
        message = OutboxMessage.objects.select_related("event").get(done_at=None, reaction="duplicates")
        with django_connected_as("worker"), CaptureQueriesContext(connection) as caught:
            duplicates.report(message.event, {})
        assert len(caught) == 0


class TestWorkSecrets:
    def test_a_secret_draft_is_named_to_nobody_above(self, real_db, story):
        story.draft("kunshan", mark="work_secret")
        story.draft("ruili")
        drain()
        assert told() == []
        assert pairs() == []

    def test_once_it_has_climbed_those_who_may_see_it_are_told(self, real_db, story):
        secret = story.submitted("kunshan", mark="work_secret")
        story.draft("suzhou")
        drain()
        # Above both is the province, which the case is in scope of: its approver may see it, its desk may not.
        assert told() == ["jiangsu.chief"]
        assert secret.number in str(pairs())
        assert not OutboxMessage.objects.filter(event__kind=duplicates.FOUND, reaction="mail").exists()

    def test_one_of_the_same_agency_that_the_drafter_may_not_see_goes_to_its_approver(self, real_db, cast, story):
        secret = story.draft("kunshan", mark="work_secret")
        other = cast.officer("ruili.officer")
        post = Appointment.objects.get(officer=other)
        post.agency = cast.agency("kunshan")
        post.save()
        with acting(cast.actor("ruili.officer")):
            case = drafts.open_case(
                actor=cast.actor("ruili.officer"),
                content=content_input.parse({"country": "TH", **about(document_number="ZZ9000001")}),
            )
        assert shown(cast, case, "ruili.officer") == []
        drain()
        assert told() == ["kunshan.chief"]
        assert pairs() == [tuple(sorted((secret.number, case.number)))]


def test_two_drafts_at_once_are_one_notice_whichever_way_round(real_db, cast, story):
    """Both are saved at one moment, and both messages run at one moment, many times over."""
    rounds = 5
    drafted = [(story.draft("kunshan", **about()), story.draft("ruili", **about())) for _ in range(rounds)]
    drain()
    for n, (one, two) in enumerate(drafted):
        number = {"document_number": f"ZZ70000{n:02}"}
        together(
            lambda one=one, number=number: save(cast, one, **about(**number)),
            lambda two=two, number=number: save(cast, two, "ruili.officer", **about(**number)),
        )
        with django_connected_as("worker"):
            together(outbox.drain, outbox.drain)
            outbox.drain()
    assert pairs() == sorted(tuple(sorted((one.number, two.number))) for one, two in drafted)
    assert told() == ["guohe.desk"] * rounds
    assert not OutboxMessage.objects.filter(done_at=None, reaction="duplicates").exists()


def together(*acts) -> None:
    gate = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act) -> None:
        try:
            gate.wait(10)
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []

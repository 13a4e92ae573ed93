"""Who learns of a proposal for a ledger, and of what came of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from agencies import outbox
from agencies.models import Notice
from agencies.scope import acting
from countries import section_care
from countries.models import LedgerProposal, SectionCare
from tests.browsing import log_in
from tests.cast import Cast
from tests.conftest import connected_as, django_connected_as
from tests.ledgers import HABITS, done, last_reviewed, look_after, make_proposal, submit_text, write_text


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


def told(cast: Cast, login: str) -> list[str]:
    return list(Notice.objects.filter(officer=cast.officer(login)).values_list("kind", flat=True))


def test_the_desk_and_the_proposer_are_told(real_db: str, cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    given = {"kind": "correction", "text": "首都的写法不对。", "source": "外方网站"}
    client.post(reverse("ledger-propose", args=["TH"]), given)
    with acting(cast.actor("guohe.desk")):
        row = LedgerProposal.objects.get()
    drain()
    assert told(cast, "guohe.desk") == ["proposal.make"]
    desk = log_in(cast, "guohe.desk")
    assert "泰国" in desk.get(reverse("notice-list")).content.decode()
    url = reverse("ledger-proposal-answer", args=[row.pk])
    assert desk.post(url, {"answer": " "}).status_code == 400
    assert desk.post(url, {"answer": "现在的写法是对的。"}).status_code == 302
    drain()
    assert told(cast, "kunshan.officer") == ["proposal.answer"]
    assert reverse("ledger-proposal", args=[row.pk]) in client.get(reverse("notice-list")).content.decode()
    assert "现在的写法是对的。" in client.get(reverse("ledger-proposal", args=[row.pk])).content.decode()
    assert desk.post(url, {"answer": "又一次。"}).status_code == 400


def test_who_reviews_and_who_wrote_are_told(real_db: str, cast: Cast) -> None:
    submit_text(cast)
    drain()
    assert (told(cast, "guohe.chief"), told(cast, "guohe.desk")) == (["ledger.submit"], [])
    chief, at = log_in(cast, "guohe.chief"), ["TH", HABITS, 1]
    page = chief.get(reverse("notice-list")).content.decode()
    assert "泰国的台账有一份文字等复核：习惯与文化" in page
    assert reverse("ledger-section-version", args=at) in page
    chief.post(reverse("ledger-section-send-back", args=at), {"remark": "补上年份。"})
    log_in(cast, "guohe.desk").post(reverse("ledger-section-submit", args=at))
    chief.post(reverse("ledger-section-publish", args=at))
    drain()
    assert sorted(told(cast, "guohe.desk")) == ["ledger.publish", "ledger.send_back"]


def test_a_lapse_is_told_once_and_again_after_the_next(real_db: str, cast: Cast) -> None:
    look_after(cast)
    assert lapses() == 0
    last_reviewed(cast, date(2024, 1, 5))
    assert (lapses(), lapses()) == (1, 0)
    drain()
    assert sorted(told(cast, "guohe.desk")) == ["ledger.entrust", "ledger.lapse"]
    assert "泰国台账的一节到期没有复核" in log_in(cast, "guohe.desk").get(reverse("notice-list")).content.decode()
    done(
        section_care.confirm, actor=cast.actor("guohe.desk"), country=SectionCare.objects.get().country, section=HABITS
    )
    assert lapses() == 0
    last_reviewed(cast, date(2024, 6, 5))
    assert (lapses(), lapses()) == (1, 0)


def lapses() -> int:
    with django_connected_as("worker"):
        return section_care.raise_lapses()


@pytest.mark.parametrize(("owned", "desk", "chief"), [(False, ["proposal.make"], []), (True, [], ["proposal.make"])])
def test_a_proposal_for_a_section_goes_to_its_owner(
    real_db: str, cast: Cast, owned: bool, desk: list[str], chief: list[str]
) -> None:
    if owned:
        look_after(cast, "guohe.chief")
    make_proposal(cast, section=HABITS)
    drain()
    assert (told(cast, "guohe.desk"), told(cast, "guohe.chief")) == (desk, chief)


def test_the_worker_sees_every_text_of_a_section(real_db: str, cast: Cast) -> None:
    write_text(cast)
    with connected_as("worker") as worker:
        assert worker.execute("SELECT state FROM countries_sectiontext").fetchall() == [("draft",)]

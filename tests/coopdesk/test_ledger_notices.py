"""Who learns of a proposal for a ledger, and of what came of it."""

from __future__ import annotations

from django.urls import reverse

from agencies import outbox
from agencies.models import Notice
from agencies.scope import acting
from countries.models import LedgerProposal
from tests.browsing import log_in
from tests.cast import Cast
from tests.conftest import django_connected_as


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

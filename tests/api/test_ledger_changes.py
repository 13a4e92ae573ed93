"""`ledger-changes/`: everything that changed, in an order that never fills a gap behind the reader; contacts never."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agencies.doors import paging
from agencies.scope import acting
from countries import facts, sections
from countries.models import Country, LedgerChange, LedgerEntry
from countries.records import withdraw_record
from countries.sections import Words
from tests.api.conftest import Caller, pointers, problem
from tests.cast import Cast
from tests.conftest import connected_as
from tests.ledgers import done, keep_post
from treaties.models import Instrument, Party, Provision
from treaties.withdrawing import restore, withdraw

URL = "ledger-changes/"


def committed() -> None:
    """What happens when a transaction ends; the tests' own never does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def latest() -> str:
    """Where somebody stands who has read everything."""
    return paging.encode([str(LedgerChange.objects.order_by("pk").values_list("pk", flat=True).last() or 0)])


def correct(cast: Cast, row: Any, field: str, value: Any) -> None:
    said = {"source": "【演示】来函", "as_of": timezone.localdate(), "country": row.country}
    done(facts.correct, actor=cast.actor("guohe.desk"), row=row, field=field, value=value, **said)


@pytest.mark.django_db
def test_it_tells_what_changed_and_no_contact(cast: Cast, caller: Any) -> None:
    committed()
    start, asked = latest(), caller("kunshan.officer")
    correct(cast, LedgerEntry.objects.get(country__code="TH", topic__code="capital"), "text_en", "Krung Thep")
    correct(cast, Party.objects.get(country__code="TH", instrument__code="UNTOC"), "authority", "【演示】总检察院")
    desk, thailand = cast.actor("guohe.desk"), Country.objects.get(code="TH")
    words = Words(text_zh="【演示】先打电话。", sources="【演示】纪要")
    text = done(sections.write, actor=desk, country=thailand, section="habits", words=words, based_on=None)
    done(sections.submit, actor=desk, text_id=text.pk)
    committed()
    done(sections.publish, actor=cast.actor("guohe.chief"), text_id=text.pk)
    post = keep_post(cast)
    committed()
    done(withdraw_record, actor=desk, record_id=post.pk, reason="【演示】重复")
    committed()
    answer = asked.get(URL, since=start)
    assert answer.status_code == 200
    assert "【演示】电话" not in answer.content.decode()
    assert "【演示】警务联络官" not in answer.content.decode()  # withdrawn
    rows = answer.json()["results"]
    told = [(row["kind"], row["of"], row["ref"], row["field"], row["country"]) for row in rows]
    assert told == [
        ("value", "entry", "capital", "text_en", "TH"),
        ("value", "party", "UNTOC", "authority", "TH"),
        ("section", "section", "habits", None, "TH"),
        ("value", "record", str(post.pk), "name_zh", "TH"),
        ("value", "record", str(post.pk), "attrs", "TH"),
        ("withdrawn", "record", str(post.pk), None, "TH"),
    ]
    assert (rows[0]["before"]["value"], rows[0]["after"]["value"]) == ("Bangkok", "Krung Thep")
    assert set(rows[0]["after"]) == {"value", "source", "as_of", "confidence"}
    assert rows[2]["version"] == 1
    end = answer.json()["next_cursor"]
    assert asked.get(URL, since=end).json() == {"results": [], "next": None, "next_cursor": end}


@pytest.mark.django_db
def test_what_was_withdrawn_is_not_told_again_and_comes_back_with_it(cast: Cast, caller: Any) -> None:
    committed()
    start, asked, desk = latest(), caller("kunshan.officer"), cast.actor("guohe.desk")
    treaty = Instrument.objects.get(code="EXTRADITION-TH")
    part = Party.objects.get(country__code="TH", instrument__code="UNTOC")
    covered = Provision.objects.get(instrument=treaty, family="extradition")
    said = {"source": "【演示】密件", "as_of": timezone.localdate(), "country": part.country}
    changed = ((treaty, "reservation"), (part, "authority"), (covered, "language"))
    for row, field in changed:
        done(facts.correct, actor=desk, row=row, field=field, value="【演示】密", **said)
    committed()

    def told() -> list[bool]:
        committed()
        answer = asked.get(URL, since=start)
        rows = [row for row in answer.json()["results"] if row["kind"] == "value"]
        assert [(row["of"], row["field"]) for row in rows] == [(row._meta.model_name, field) for row, field in changed]
        seen = [row["after"] is not None for row in rows]
        assert ("【演示】密" in answer.content.decode()) == any(seen)
        return seen

    def moved() -> list[tuple[str, ...]]:
        rows = asked.get(URL, since=start).json()["results"]
        return [(row["kind"], row["of"], row["ref"], row["country"]) for row in rows if row["kind"] != "value"]

    assert (told(), moved()) == ([True, True, True], [])
    done(withdraw, actor=desk, row=treaty, reason="【演示】录错")
    assert told() == [False, True, False]
    done(withdraw, actor=desk, row=part, reason="【演示】录错")
    assert told() == [False, False, False]
    gone = [("withdrawn", "instrument", treaty.code, None), ("withdrawn", "party", "UNTOC", "TH")]
    assert moved() == gone
    done(restore, actor=desk, row=treaty, reason="【演示】没有录错")
    assert told() == [True, False, True]
    back = ("restored", "instrument", treaty.code, None)
    assert moved() == [back, gone[1], back]


@pytest.mark.django_db
def test_it_is_read_page_by_page_from_the_beginning(caller: Any) -> None:
    committed()
    asked = caller("auditor")
    first = asked.get(URL, page_size=7).json()
    second = asked.get(first["next"]).json()
    numbers = [row["id"] for page in (first, second) for row in page["results"]]
    expected = LedgerChange.objects.exclude(fact__field="contact").order_by("pk").values_list("pk", flat=True)
    assert numbers == list(expected[:14])
    for bad in ("x", "W10", "WyItMSJd"):
        assert pointers(problem(asked.get(URL, since=bad), 400, "malformed")) == {"/since"}
    problem(asked.get(URL, cursor="x"), 400, "malformed")


_CHANGE = """INSERT INTO countries_factchange (subject, field, before, after)
VALUES ('party:1', %s, '{}', '{}') RETURNING id"""


def test_who_commits_later_comes_later_whatever_began_first(real_db: str, cast: Cast) -> None:
    """The one that began first, and wrote first, commits last: a reader in between misses nothing."""
    asked = Caller(officer=cast.officer("kunshan.officer"))
    with acting(cast.actor("kunshan.officer")):
        start = latest()
    with connected_as("worker") as slow, connected_as("worker") as fast:
        slow.autocommit = fast.autocommit = False
        slow.execute(_CHANGE, ["signed_on"])
        fast.execute(_CHANGE, ["in_force_on"])
        fast.commit()
        between = asked.get(URL, since=start).json()
        slow.commit()
    after = asked.get(URL, since=between["next_cursor"]).json()
    fields = [[row["field"] for row in page["results"]] for page in (between, after)]
    assert fields == [["in_force_on"], ["signed_on"]]


def test_nobody_rewrites_the_list(real_db: str) -> None:
    for statement in ("UPDATE countries_ledgerchange SET at = now()", "DELETE FROM countries_ledgerchange"):
        with connected_as("app") as web, pytest.raises(Exception, match="permission denied"):
            web.execute(statement)

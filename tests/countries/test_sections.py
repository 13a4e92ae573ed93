"""The written parts of a ledger: versions, review by another, nobody overwritten, an owner who comes back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from agencies.errors import (
    Conflict,
    DomainError,
    FourEyes,
    GuardFailed,
    Malformed,
    NotPermitted,
    NotVisible,
    StaleVersion,
)
from agencies.models import AuditEvent
from agencies.moments import clock
from agencies.scope import acting
from countries import section_care, sections
from countries.calendars import add_months, day_of
from countries.models import Country, SectionCare, SectionText
from countries.sections import Overtaken, Words
from tests.cast import Cast
from tests.ledgers import done, last_reviewed

pytestmark = pytest.mark.django_db
DESK, CHIEF = "guohe.desk", "guohe.chief"
SECTION = "habits"


def country(code: str = "TH") -> Country:
    return Country.objects.get(code=code)


def words(text: str = "【演示】先打电话，再发函。", sources: str = "【演示】2026年10月会谈纪要") -> Words:
    return Words(text_zh=text, sources=sources)


def written(cast: Cast, login: str = DESK, based_on: int | None = None, **said: str) -> SectionText:
    return done(
        sections.write,
        actor=cast.actor(login),
        country=country(),
        section=SECTION,
        words=words(**said),
        based_on=based_on,
    )


def published(cast: Cast, author: str = DESK, reviewer: str = CHIEF, based_on: int | None = None) -> SectionText:
    row = written(cast, author, based_on, text=f"【演示】{author}写的。")
    done(sections.submit, actor=cast.actor(author), text_id=row.pk)
    return done(sections.publish, actor=cast.actor(reviewer), text_id=row.pk)


def holds() -> SectionText:
    row = sections.holding(country(), SECTION)
    assert row is not None
    return row


def test_written_reviewed_and_published(cast: Cast) -> None:
    row = written(cast)
    assert sections.holding(country(), SECTION) is None
    written(cast, text="【演示】改过一次。")
    assert SectionText.objects.count() == 1
    done(sections.submit, actor=cast.actor(DESK), text_id=row.pk)
    done(sections.publish, actor=cast.actor(CHIEF), text_id=row.pk)
    assert (holds().text_zh, holds().number) == ("【演示】改过一次。", 1)
    assert holds().reviewer == cast.officer(CHIEF)
    kinds = AuditEvent.objects.filter(subject="country:TH").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["ledger.draft", "ledger.draft", "ledger.submit", "ledger.publish"]


def test_a_new_version_takes_the_place_of_the_old_which_stays(cast: Cast) -> None:
    published(cast)
    row = written(cast, based_on=1, text="【演示】第二版。")
    done(sections.submit, actor=cast.actor(DESK), text_id=row.pk)
    done(sections.publish, actor=cast.actor(CHIEF), text_id=row.pk)
    assert [(one.number, one.state) for one in sections.versions(country(), SECTION)] == [
        (2, "published"),
        (1, "replaced"),
    ]


def test_two_at_once_lose_nothing(cast: Cast) -> None:
    published(cast)
    slow = written(cast, CHIEF, 1, text="【演示】审批人慢慢写的。")
    quick = written(cast, DESK, 1, text="【演示】联络员先写完的。")
    done(sections.submit, actor=cast.actor(DESK), text_id=quick.pk)
    done(sections.publish, actor=cast.actor(CHIEF), text_id=quick.pk)
    with pytest.raises(Overtaken) as error:
        done(sections.submit, actor=cast.actor(CHIEF), text_id=slow.pk)
    assert error.value.facts == {"published": quick.number, "yours": slow.number}
    slow.refresh_from_db()
    assert (slow.text_zh, slow.state) == ("【演示】审批人慢慢写的。", "draft")
    again = written(cast, CHIEF, quick.number, text="【演示】两份合在一起。")
    assert done(sections.submit, actor=cast.actor(CHIEF), text_id=again.pk).state == "review"
    # Carried on from the new one it comes after it.
    assert (again.pk, again.number > quick.number) == (slow.pk, True)


def test_a_draft_that_was_saved_elsewhere_is_not_overwritten(cast: Cast) -> None:
    seen = written(cast).seen
    newer = written(cast, text="【演示】另一页上存的。")
    said = {"actor": cast.actor(DESK), "country": country(), "section": SECTION, "based_on": None}
    with pytest.raises(StaleVersion):
        done(sections.write, **said, words=words("【演示】这一页上写的。"), seen=seen)
    assert SectionText.objects.get().text_zh == "【演示】另一页上存的。"
    assert done(sections.write, **said, words=words("【演示】合起来。"), seen=newer.seen).pk == newer.pk


def test_a_dropped_draft_is_its_authors_alone(cast: Cast) -> None:
    row = written(cast)
    done(sections.drop, actor=cast.actor(DESK), text_id=row.pk)
    with pytest.raises(NotVisible):
        sections.version(cast.actor(CHIEF), country(), SECTION, row.number)
    assert sections.version(cast.actor(DESK), country(), SECTION, row.number).state == "dropped"
    assert written(cast).number == row.number + 1


def test_overtaken_while_under_review_it_is_not_published(cast: Cast) -> None:
    published(cast)
    mine = written(cast, CHIEF, 1)
    done(sections.submit, actor=cast.actor(CHIEF), text_id=mine.pk)
    entrusted(cast)
    theirs = written(cast, DESK, 1)
    done(sections.submit, actor=cast.actor(DESK), text_id=theirs.pk)
    done(sections.publish, actor=cast.actor(CHIEF), text_id=theirs.pk)
    with pytest.raises(Overtaken):
        done(sections.publish, actor=cast.actor(DESK), text_id=mine.pk)


@pytest.mark.parametrize(("said", "pointers"), [({"text": " "}, {"/text_zh"}), ({"sources": ""}, {"/sources"})])
def test_without_words_or_sources_nothing_goes_to_review(cast: Cast, said: dict[str, str], pointers: set[str]) -> None:
    row = written(cast, **said)
    with pytest.raises(GuardFailed) as error:
        done(sections.submit, actor=cast.actor(DESK), text_id=row.pk)
    assert {reason.pointer for reason in error.value.reasons} == pointers


def test_what_cannot_be_stored_is_named_and_nothing_changes(cast: Cast) -> None:
    written(cast)
    with pytest.raises(Malformed) as error:
        written(cast, text="\x00", sources="长" * 2001)
    assert {reason.pointer for reason in error.value.reasons} == {"/text_zh", "/sources"}
    assert SectionText.objects.get().text_zh == words().text_zh


def test_nobody_reviews_what_he_wrote(cast: Cast) -> None:
    row = written(cast, CHIEF)
    done(sections.submit, actor=cast.actor(CHIEF), text_id=row.pk)
    with pytest.raises(FourEyes):
        done(sections.publish, actor=cast.actor(CHIEF), text_id=row.pk)


@pytest.mark.parametrize("login", ["kunshan.officer", "jiangsu.chief", "guohe.supervisor"])
def test_others_write_nothing(cast: Cast, login: str) -> None:
    with pytest.raises(NotPermitted):
        written(cast, login)


def test_a_desk_officer_who_does_not_own_it_reviews_nothing(cast: Cast) -> None:
    row = written(cast, CHIEF)
    done(sections.submit, actor=cast.actor(CHIEF), text_id=row.pk)
    with pytest.raises(NotPermitted):
        done(sections.publish, actor=cast.actor(DESK), text_id=row.pk)
    entrusted(cast)
    assert done(sections.publish, actor=cast.actor(DESK), text_id=row.pk).state == "published"


def test_it_goes_back_with_what_is_to_be_mended(cast: Cast) -> None:
    row = written(cast)
    done(sections.submit, actor=cast.actor(DESK), text_id=row.pk)
    with pytest.raises(Conflict):
        written(cast)
    with pytest.raises(Malformed):
        done(sections.send_back, actor=cast.actor(CHIEF), text_id=row.pk, remark=" ")
    assert done(sections.send_back, actor=cast.actor(CHIEF), text_id=row.pk, remark="补上年份。").remark == "补上年份。"
    assert written(cast).state == "draft"


def test_anothers_draft_is_not_there(cast: Cast) -> None:
    row = written(cast)
    with pytest.raises(NotVisible):
        done(sections.submit, actor=cast.actor(CHIEF), text_id=row.pk)


def test_what_was_published_stands(cast: Cast) -> None:
    row = published(cast)
    row.text_zh = "换掉"
    with pytest.raises(IntegrityError, match="stands as it was published"), transaction.atomic():
        row.save()


def entrusted(cast: Cast) -> None:
    """The section is the desk's, to be looked at every six months."""
    done(
        section_care.entrust,
        actor=cast.actor(CHIEF),
        country=country(),
        section=SECTION,
        owner=cast.officer(DESK),
        every_months=6,
    )


def test_an_owner_comes_back_to_it(cast: Cast) -> None:
    entrusted(cast)
    today = day_of(clock())
    assert section_care.overdue(add_months(today, 6) - (date(2026, 1, 2) - date(2026, 1, 1))) == []
    due = section_care.overdue(add_months(today, 6))
    assert [(care.country.code, care.section) for care in due] == [("TH", SECTION)]
    last_reviewed(cast, date(2026, 1, 5))
    assert section_care.overdue(today)
    with pytest.raises(NotPermitted):
        done(section_care.confirm, actor=cast.actor(CHIEF), country=country(), section=SECTION)
    done(section_care.confirm, actor=cast.actor(DESK), country=country(), section=SECTION)
    assert section_care.overdue(today) == []


def test_a_text_that_was_published_long_ago_is_overdue_when_somebody_takes_it_over(cast: Cast) -> None:
    row = published(cast)
    entrusted(cast)
    care = SectionCare.objects.get()
    assert row.decided_at is not None
    assert (care.reviewed_on, care.reviewed_by) == (day_of(row.decided_at), cast.officer(CHIEF))


def test_publishing_is_a_review(cast: Cast) -> None:
    entrusted(cast)
    last_reviewed(cast, date(2020, 1, 5))
    published(cast)
    assert SectionCare.objects.get().reviewed_on == day_of(clock())


@pytest.mark.parametrize(
    ("login", "owner", "months", "error"),
    [
        (DESK, DESK, 6, NotPermitted),
        (CHIEF, "kunshan.officer", 6, GuardFailed),
        (CHIEF, DESK, 0, GuardFailed),
        (CHIEF, DESK, 61, GuardFailed),
    ],
)
def test_only_the_desks_approver_entrusts_it_to_the_desk(
    cast: Cast, login: str, owner: str, months: int, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        done(
            section_care.entrust,
            actor=cast.actor(login),
            country=country(),
            section=SECTION,
            owner=cast.officer(owner),
            every_months=months,
        )
    assert not SectionCare.objects.exists()


# --- The wall of the database ----------------------------------------------------------------------------------------


def seen_by(cast: Cast) -> dict[str, list[str]]:
    """The states of the texts that the database shows to each, whatever a query asks for."""
    found = {}
    for login in (DESK, CHIEF, "guohe.supervisor", "jiangsu.desk", "kunshan.officer"):
        with acting(cast.actor(login)):
            found[login] = sorted(SectionText.objects.values_list("state", flat=True))
    return found


def test_the_database_shows_a_draft_to_its_author_and_a_review_to_the_desk(cast: Cast) -> None:
    others = {"guohe.supervisor": [], "jiangsu.desk": [], "kunshan.officer": []}
    row = written(cast)
    assert seen_by(cast) == {DESK: ["draft"], CHIEF: [], **others}
    done(sections.submit, actor=cast.actor(DESK), text_id=row.pk)
    assert seen_by(cast) == {DESK: ["review"], CHIEF: ["review"], **others}
    done(sections.send_back, actor=cast.actor(CHIEF), text_id=row.pk, remark="【演示】补上年份。")
    assert seen_by(cast) == {DESK: ["draft"], CHIEF: ["draft"], **others}  # as he sent it back
    written(cast, text="【演示】接着写。")
    assert seen_by(cast) == {DESK: ["draft"], CHIEF: [], **others}
    assert written(cast, CHIEF).number == row.number + 1  # though he does not see the other
    done(sections.submit, actor=cast.actor(DESK), text_id=row.pk)
    done(sections.publish, actor=cast.actor(CHIEF), text_id=row.pk)
    shown = ["published"]
    assert seen_by(cast) == {DESK: shown, CHIEF: ["draft", "published"], **dict.fromkeys(others, shown)}


@pytest.mark.parametrize("login", ["kunshan.officer", "jiangsu.chief", "guohe.supervisor"])
def test_the_database_lets_nobody_else_write_or_change_one(cast: Cast, login: str) -> None:
    row = published(cast)
    with acting(cast.actor(login)):
        assert SectionText.objects.filter(pk=row.pk).update(state="replaced") == 0
        values = {"country": row.country, "section": SECTION, "number": 9, "author": cast.officer(login)}
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            SectionText.objects.create(**values)

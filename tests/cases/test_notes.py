"""Notes: who reads them, who is told, what is recorded."""

from __future__ import annotations

import pytest

from agencies.errors import Malformed, NotVisible
from agencies.models import AuditEvent, Notice
from agencies.scope import acting
from cases import notices
from cases.models import Note
from cases.notes import add_note, mentioned_in, notes_of, pieces

pytestmark = pytest.mark.django_db


def write(cast, login, case, text, audience="agency"):
    actor = cast.actor(login)
    with acting(actor):
        return add_note(actor=actor, case_id=case.pk, text=text, audience=audience)


def read(cast, login, case):
    actor = cast.actor(login)
    with acting(actor):
        return [note.text for note in notes_of(actor, case)]


def test_a_note_to_the_agency_stays_there_and_one_to_the_route_does_not(cast, story):
    case = story.submitted()
    story.step("kunshan.chief", case, "approve")
    write(cast, "suzhou.desk", case, "内部意见")
    write(cast, "suzhou.desk", case, "沿线可见", "route")
    assert read(cast, "suzhou.chief", case) == ["内部意见", "沿线可见"]
    assert read(cast, "kunshan.officer", case) == ["沿线可见"]
    with acting(cast.actor("kunshan.officer")):  # the database's own wall
        assert list(Note.objects.filter(case=case).values_list("text", flat=True)) == ["沿线可见"]


def test_the_record_has_ids_and_the_audience_but_no_words(cast, story):
    case = story.submitted()
    note = write(cast, "kunshan.officer", case, "张示例的账户", "route").note
    event = AuditEvent.objects.get(kind="note.add", subject=f"case:{case.pk}")
    assert event.facts == {"note": str(note.pk), "audience": "route"}
    assert note.event_id == event.pk


def test_a_mention_tells_only_who_can_see_the_case(cast, story):
    case = story.submitted()
    added = write(
        cast, "kunshan.officer", case, "请 @KUNSHAN.chief 看，@ruili.chief、@nobody.here 也看。a@kunshan.desk", "route"
    )
    assert added.unseen == ["ruili.chief", "nobody.here"]
    assert added.note.mentions == [cast.officer("kunshan.chief").pk]


def test_full_width_mentions_count_and_trailing_signs_do_not(cast, story):
    case = story.submitted()
    added = write(cast, "kunshan.officer", case, "＠ｋｕｎｓｈａｎ．ｃｈｉｅｆ请看。@kunshan.desk.", "route")
    assert added.unseen == []
    assert set(added.note.mentions) == {cast.officer("kunshan.chief").pk, cast.officer("kunshan.desk").pk}


def test_an_internal_note_tells_only_colleagues(cast, story):
    case = story.submitted()
    story.step("kunshan.chief", case, "approve")
    added = write(cast, "suzhou.desk", case, "@kunshan.officer @suzhou.chief 看")
    assert added.unseen == ["kunshan.officer"]
    assert added.note.mentions == [cast.officer("suzhou.chief").pk]


def test_a_work_secret_is_not_betrayed_by_a_mention(cast, story):
    case = story.submitted(mark="work_secret")
    assert write(cast, "kunshan.officer", case, "@kunshan.desk 看", "route").unseen == ["kunshan.desk"]
    assert write(cast, "kunshan.officer", case, "@kunshan.chief 看", "route").unseen == []


def test_the_text_is_cut_at_its_mentions(cast, story):
    case = story.submitted()
    note = write(cast, "kunshan.officer", case, "请@kunshan.chief看，@ruili.chief不看", "route").note
    cut = pieces(note, mentioned_in([note]))
    assert [piece.text for piece in cut] == ["请", "@kunshan.chief", "看，@ruili.chief不看"]
    assert [bool(piece.officer) for piece in cut] == [False, True, False]


@pytest.mark.parametrize("text", ["", "   ", "长" * 4001, "a\x00b", "a\ud800b", None, 7, "机密★10年\n内容"])
def test_bad_text_is_refused(cast, story, text):
    with pytest.raises(Malformed):
        write(cast, "kunshan.officer", story.draft(), text)


def test_a_bad_audience_is_refused(cast, story):
    with pytest.raises(Malformed):
        write(cast, "kunshan.officer", story.draft(), "话", "everyone")


@pytest.mark.parametrize("login", ["ruili.officer", "suzhou.desk", "auditor", "sysadmin"])
def test_who_cannot_see_the_case_cannot_write_on_it(cast, story, login):
    with pytest.raises(NotVisible):
        write(cast, login, story.draft(), "话")


def test_the_mentioned_get_one_notice_however_often_it_is_sent(cast, story):
    case = story.submitted()
    write(cast, "kunshan.officer", case, "请 @kunshan.desk @ruili.desk 看", "route")
    event = AuditEvent.objects.get(kind="note.add")
    with acting(cast.actor("kunshan.officer")):  # stands in for the worker, who sees every case
        notices.notify(event, {})
        notices.notify(event, {})
    assert [notice.officer.police_number for notice in Notice.objects.filter(event=event)] == ["kunshan.desk"]

"""Acting for another: a lent hand counts for both officers, the story says for whom, and secrets are not lent."""

from __future__ import annotations

import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from agencies import outbox
from agencies.errors import FourEyes, NotVisible
from agencies.models import AuditEvent, Notice
from agencies.officers import actor_for
from agencies.scope import acting
from cases import content_input, drafts, files, notes, policies
from cases.commands import take_step
from cases.models import Case, Involvement
from cases.notices import notify
from cases.queries import queue, tallies
from cases.queries.dossier import dossier
from cases.queries.timeline import timeline
from cases.registration import register_case
from tests import samples
from tests.browsing import log_in
from tests.delegating import lend, lent_identity
from tests.stories import CONTENT, FOREIGN

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing_in(cast):
    """`standing_in("kunshan.desk", "kunshan.chief")`: the desk officer as he acts for the chief."""

    def give(delegate, lender):
        return lent_identity(cast, delegate, lend(cast, lender, delegate))

    return give


def try_step(actor, case, step, **data):
    with acting(actor):
        return take_step(actor=actor, case_id=case.pk, step=step, data=data)


def hands(cast, case, kind):
    with acting(cast.actor("kunshan.chief")):
        found = Involvement.objects.filter(case=case, kind=kind)
        return set(found.values_list("officer__police_number", "for_officer__police_number"))


# --- Four eyes --------------------------------------------------------------------------------------------------------


def test_the_delegate_approves_and_both_have_approved(story, cast, standing_in):
    case = try_step(standing_in("kunshan.desk", "kunshan.chief"), story.submitted(), "approve")
    assert case.status == "in_review"
    assert hands(cast, case, "approved") == {("kunshan.desk", "kunshan.chief"), ("kunshan.chief", None)}


def test_what_the_delegate_drafted_he_does_not_approve_for_another(story, standing_in):
    case = story.submitted()
    with pytest.raises(FourEyes):
        try_step(standing_in("kunshan.officer", "kunshan.chief"), case, "approve")


def test_what_the_lender_recommended_nobody_approves_for_him(story, cast, standing_in):
    """The chief has a desk's hand in it: whoever acts for him as approver has it too."""
    second = story.cast.officer("kunshan.chief").appointments.create(agency=cast.agency("kunshan"), role="desk")
    case = story.submitted()
    try_step(actor_for(second), case, "recommend", opinion="建议同意。")
    with pytest.raises(FourEyes):
        try_step(standing_in("kunshan.supervisor", "kunshan.chief"), case, "approve")


def test_what_was_recommended_for_him_the_lender_does_not_approve(story, cast, standing_in):
    case = story.submitted()
    try_step(standing_in("kunshan.supervisor", "kunshan.desk"), case, "recommend", opinion="建议同意。")
    approver = cast.officer("kunshan.desk").appointments.create(agency=cast.agency("kunshan"), role="approver")
    with pytest.raises(FourEyes):
        try_step(actor_for(approver), case, "approve")


def test_what_was_approved_for_him_neither_may_draft_anew(story, cast, standing_in):
    case = try_step(standing_in("kunshan.desk", "kunshan.chief"), story.submitted(), "approve")
    case = story.step("suzhou.desk", case, "return_for_correction", reasons=["facts_unclear"])
    with pytest.raises(FourEyes):
        edit(standing_in("kunshan.desk", "kunshan.officer"), case)
    with pytest.raises(FourEyes):
        edit(standing_in("kunshan.chief", "kunshan.officer"), case)
    edit(standing_in("kunshan.supervisor", "kunshan.officer"), case)


def edit(actor, case, **changes):
    with acting(actor):
        content = content_input.parse(changes or {"title": "改过的标题"})
        return drafts.save_draft(actor=actor, case_id=case.pk, content=content)


def test_the_second_hand_counts_although_the_first_stands_already(story, cast, standing_in):
    """The same officer first in his own name, then for another, in one version: the row of the other is written."""
    case = story.draft()
    lent = cast.officer("kunshan.desk").appointments.create(agency=cast.agency("kunshan"), role="drafter")
    edit(actor_for(lent), case, title="一")
    edit(standing_in("kunshan.desk", "kunshan.officer"), case, title="二")
    assert hands(cast, case, "drafted") >= {("kunshan.desk", None), ("kunshan.officer", None)}


INSERT = (
    "INSERT INTO cases_involvement (case_id, officer_id, for_officer_id, agency_id, kind, content_version, at)"
    " VALUES (%s, %s, %s, %s, %s, 1, now())"
)


@pytest.mark.parametrize(
    ("doer", "lender", "kind"),
    [
        ("kunshan.officer", "kunshan.chief", "approved"),  # the delegate drafted it
        ("kunshan.chief", "kunshan.officer", "approved"),  # the lender drafted it
        ("kunshan.supervisor", "kunshan.officer", "approved"),
    ],
)
def test_raw_sql_is_refused_in_both_directions(story, cast, doer, lender, kind):
    case = story.submitted()
    values = [case.pk, cast.officer(doer).pk, cast.officer(lender).pk, cast.agency("kunshan").pk, kind]
    refused = pytest.raises(IntegrityError, match="four_eyes")
    with acting(cast.actor("kunshan.chief")):
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, values)
        assert not Involvement.objects.filter(case=case, kind=kind).exists()


def test_raw_sql_cannot_add_the_lender_afterwards(story, cast):
    case = story.submitted()
    with acting(cast.actor("kunshan.chief")), connection.cursor() as cursor:
        cursor.execute(INSERT, [case.pk, cast.officer("kunshan.desk").pk, None, cast.agency("kunshan").pk, "approved"])
        with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
            cursor.execute(
                "UPDATE cases_involvement SET for_officer_id = %s WHERE kind = 'approved'",
                [cast.officer("kunshan.officer").pk],
            )


# --- Whose it is, and who sees it ---------------------------------------------------------------------------------------


def test_what_is_drafted_by_delegation_is_the_lenders_and_both_see_it(story, cast, standing_in):
    actor = standing_in("kunshan.desk", "kunshan.officer")
    with acting(actor):
        case = drafts.open_case(actor=actor, content=content_input.parse({**CONTENT, "mark": "work_secret"}))
    assert case.drafter == cast.officer("kunshan.officer")
    assert hands(cast, case, "drafted") == {("kunshan.desk", "kunshan.officer"), ("kunshan.officer", None)}
    for one in (actor, cast.actor("kunshan.officer")):
        with acting(one):
            assert policies.visible_to(one).filter(pk=case.pk).exists()
            assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize("wall", ["first", "second"])
def test_secrets_are_seen_by_the_lent_office_not_by_the_lenders_own_knowledge(story, standing_in, wall):
    case = story.submitted(mark="work_secret")
    story.step("kunshan.chief", case, "assign_handler", handler="kunshan.desk")
    approver = standing_in("kunshan.supervisor", "kunshan.chief")
    drafter, desk = standing_in("kunshan.supervisor", "kunshan.officer"), standing_in("kunshan.officer", "kunshan.desk")
    for actor, sees in ((approver, True), (desk, True), (drafter, False)):
        with acting(actor):
            rows = policies.visible_to(actor) if wall == "first" else Case.objects.all()
            assert rows.filter(pk=case.pk).exists() is sees, actor


def test_an_approver_opens_a_secret_to_the_delegate(story, cast, standing_in):
    case = story.submitted(mark="work_secret")
    actor = standing_in("kunshan.supervisor", "kunshan.desk")
    with pytest.raises(NotVisible):
        try_step(actor, case, "recommend", opinion="同意。")
    story.step("kunshan.chief", case, "assign_handler", handler="kunshan.supervisor")
    try_step(actor, case, "recommend", opinion="同意。")


def test_the_delegates_desk_shows_the_lenders_work(story, cast, standing_in):
    moment = timezone.now()
    now = queue.Now(moment, moment, moment)
    case = story.draft()
    actor = standing_in("kunshan.desk", "kunshan.officer")
    with acting(actor):
        for view in (queue.MINE, queue.FILED):
            rows = queue.page(actor, queue.Wanted(view=view), now).rows
            assert [row["pk"] for row in rows] == [case.pk]
            assert tallies.tallies(actor, now).views[view].n == 1


# --- How it reads -----------------------------------------------------------------------------------------------------


def test_timeline_notes_files_and_trail_read_b_for_a(story, cast, standing_in):
    case = story.draft()
    actor = standing_in("kunshan.desk", "kunshan.officer")
    with acting(actor):
        files.attach(actor=actor, case_id=case.pk, name="a.pdf", content=io.BytesIO(samples.PDF))
        notes.add_note(actor=actor, case_id=case.pk, text="已核对。")
    try_step(actor, case, "submit")
    with acting(actor):
        entries = timeline(dossier(actor, case.pk)).lines
    assert {entry.who for entry in entries} == {"演kunshan.desk 代 演kunshan.officer", "演kunshan.officer"}
    for event in AuditEvent.objects.filter(subject=f"case:{case.pk}").exclude(kind="case.create"):
        assert event.officer == cast.officer("kunshan.desk")
        assert event.facts["for_officer"] == cast.officer("kunshan.officer").pk
    page = log_in(cast, "kunshan.chief").get(reverse("case-detail", args=[case.pk])).content.decode()
    for part in ("files", "notes", "timeline"):
        section = page[page.index(f'id="{part}"') :]
        assert "演kunshan.desk 代 演kunshan.officer" in section[: section.index("</section>")], part
    revision = log_in(cast, "kunshan.chief").get(reverse("case-revision", args=[case.pk, 1])).content.decode()
    assert "演kunshan.desk 代 演kunshan.officer" in revision
    trail = log_in(cast, "auditor").get(reverse("audit-log"), {"officer": "kunshan.officer"}).content.decode()
    assert trail.count("演kunshan.desk 代 演kunshan.officer") >= 3


def test_the_word_in_english(story, cast, standing_in, settings):
    case = story.submitted()
    try_step(standing_in("kunshan.desk", "kunshan.chief"), case, "approve")
    client = log_in(cast, "suzhou.desk")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert "演kunshan.desk for 演kunshan.chief" in page


def test_a_refused_step_names_who_stands_in(story, cast, standing_in):
    case = story.submitted()
    standing_in("kunshan.desk", "kunshan.chief")
    answer = log_in(cast, "kunshan.officer").post(
        reverse("case-step", args=[case.pk, "approve"]), {"version": case.version}
    )
    assert "演kunshan.desk 代 演kunshan.chief" in answer.content.decode()


def test_who_stands_in_is_told_like_the_one_he_stands_in_for(story, cast, standing_in):
    standing_in("kunshan.desk", "kunshan.chief")
    case = story.submitted()
    notify(AuditEvent.objects.get(kind="case.submit", subject=f"case:{case.pk}"), {})
    told = Notice.objects.filter(kind="case.submit").values_list("officer__police_number", flat=True)
    assert set(told) == {"kunshan.chief", "kunshan.desk"}
    assert outbox.waiting()


def test_the_page_says_why_the_delegate_may_not(story, cast):
    case, made = story.submitted(), lend(cast, "kunshan.chief", "kunshan.officer")
    client = log_in(cast, "kunshan.officer")
    client.post(reverse("acting-as"), {"delegation": made.pk})
    page = client.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert 'id="act-approve"' not in page
    assert "你或者你代办的人起草、拟办或审批过" in page


def test_what_is_registered_for_another_is_the_lenders_case(story, cast):
    deputy = lent_identity(cast, "guohe.officer", lend(cast, "guohe.desk", "guohe.officer"))
    with acting(deputy):
        case = register_case(actor=deputy, content=content_input.parse(dict(FOREIGN)))
    with acting(cast.actor("guohe.supervisor")):
        assert case.drafter == cast.officer("guohe.desk")
        assert {cast.officer("guohe.desk").pk, cast.officer("guohe.officer").pk} <= set(case.known_to)
        assert case.transmissions.get().recorded_by == cast.officer("guohe.officer")

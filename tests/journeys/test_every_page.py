"""Every page, in both languages, at the desk and on the phone: no serious axe finding, no sideways scroll, no foreign word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from agencies import outbox
from agencies.commands import appointments
from agencies.commands.reorganisation import merge_agency
from agencies.models import Appointment, AuditEvent
from agencies.scope import acting
from cases import departures
from cases.internal_limits import Asked, set_limit
from cases.kept_advice import keep_choice
from cases.models import InternalLimit
from countries.notices import clear_day
from tests.conftest import django_connected_as
from tests.delegating import lend, post_of
from tests.keeping import Keeper
from tests.language import wrong_words
from tests.ledgers import keep_post, look_after, make_proposal, publish_text, submit_text
from tests.supervising import Overseer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Pages by who opens them; {case}, {draft} and {abroad} are put in.
PAGES = {
    "": ("/account/login/",),
    "kunshan.officer": (
        "/advice/",
        "/advice/?country=KZ&type=extradition_out",
        "/",
        "/?tab=filed",
        "/?q=nothing-like-it",
        "/cases/",
        "/cases/new/",
        "/cases/new/?country=TH",
        "/cases/{draft}/edit/",
        "/cases/{draft}/advice/{advised}/",
        "/cases/{draft}/discard/",
        "/cases/{case}/",
        "/cases/{returned}/edit/",
        "/cases/{corrected}/revisions/2/",
        "/limits/",
        "/limits/{limit}/",
        "/notices/",
        "/agencies/",
        "/agencies/320583000000/",
        "/countries/",
        "/countries/TH/",
        "/countries/MM/",
        "/countries/TH/asking/mla_evidence_out/",
        "/countries/TH/values/relations/",
        "/countries/MM/frontiers/530500/",
        "/countries/TH/propose/",
        "/countries/TH/sections/habits/",
        "/countries/TH/sections/habits/versions/1/",
        "/countries/TH/sections/habits/compare/?a=1&b=2",
        "/countries/compare/?c=TH&c=VN&c=MM&c=RU",
        "/countries/unsettled/",
        "/countries/unsettled/?c=TH",
        "/countries/changes/",
        "/countries/stale/",
        "/countries/proposals/",
        "/law/types/",
        "/law/types/?direction=outgoing&q=IMLA",
        "/law/types/mla_evidence_in/",
        "/law/types/extradition_in/versions/",
        "/law/statutes/",
        "/law/statutes/?q=EXT-8",
        "/handover/",
        "/account/",
        "/account/password/",
        "/account/factors/",
        "/components/",
        "/no-such-page/",
    ),
    "kunshan.chief": (
        "/",
        "/cases/{case}/",
        "/officers/",
        "/account/",
        "/account/lend/{post}/",
        "/notices/",
        "/archive/",
        "/archive/?view=to_archive",
        "/archive/?view=due",
        "/cases/{archived}/",
        "/cases/{disposed}/",
    ),
    "beijing.chief": ("/unattended/", "/notices/", "/", "/cases/{asked}/"),
    "guohe.chief": (
        "/countries/TH/sections/habits/",
        "/countries/TH/sections/habits/versions/3/",
        "/countries/mine/",
        "/archive/?view=proposed",
        "/cases/{checked}/",
        "/limits/set/?kind=review&urgency=normal",
    ),
    "guohe.desk": (
        "/",
        "/cases/{abroad}/",
        "/cases/register/",
        "/cases/{received}/",
        "/cases/{answered}/",
        "/law/types/police_cooperation_out/",
        "/law/types/police_cooperation_out/edit/",
        "/law/types/police_cooperation_out/versions/",
        "/countries/TH/",
        "/countries/TH/values/death_penalty/",
        "/countries/MM/frontiers/530500/",
        "/countries/TH/records/new/?kind=authority",
        "/countries/records/{kept}/",
        "/countries/exchange/",
        "/countries/proposals/{proposed}/",
        "/countries/TH/sections/habits/",
        "/countries/TH/sections/extradition/write/?proposal={aimed}",
        "/countries/mine/",
        "/notices/",
    ),
    "suzhou.officer": ("/cases/{shared}/",),
    "ruili.desk": ("/cases/register/",),
    "ruili.officer": ("/cases/{border}/edit/",),
    "jiangsu.supervisor": (
        "/",
        "/?view=mine",
        "/cases/",
        "/cases/{closed}/",
        "/cases/{case}/",
        "/cases/{case}/supervise/order/",
        "/supervisions/",
        "/supervisions/{ordered}/",
    ),
    "sysadmin": (
        "/",
        "/officers/",
        "/officers/new/",
        "/officers/import/",
        "/officers/{officer}/",
        "/agencies/320583000000/reorganise/",
        "/calendar/2026/",
        "/calendar/2027/",
        "/calendar/2030/",
        "/calendar/import/",
        "/calendar/day/?day=2026-10-10",
        "/calendar/notices/",
        "/calendar/notices/{notice}/",
    ),
    "secadmin": (
        "/notices/",
        "/agencies/reorganisations/",
        "/agencies/reorganisations/{order}/",
        "/",
        "/officers/{officer}/",
        "/officers/{officer}/appoint/",
        "/clients/",
        "/clients/new/",
        "/delegations/",
    ),
    "auditor": ("/", "/audit/?kind=case.*"),
}


@pytest.fixture
def world(real_db, story, cast) -> dict[str, object]:
    corrected = story.step("kunshan.chief", story.submitted(), "return_for_correction", reasons=["facts_unclear"])
    corrected = story.step("kunshan.officer", corrected, "submit")
    asked = story.step("kunshan.chief", story.submitted(), "approve")
    asked = story.step(
        "suzhou.desk", asked, "invite", agencies=["110000000000"], bodies=["court"], question="请提供线索。"
    )
    shared = story.step("guohe.desk", story.decided(), "assign", agency="320000000000")
    shared = story.step("jiangsu.desk", shared, "assign", agency="320500000000")
    shared = story.step("suzhou.desk", shared, "assign", agencies=["320583000000"], opinion="请核查。")
    lend(cast, "kunshan.chief", "kunshan.desk")
    border, case = story.border_draft(), story.submitted(urgency="urgent")
    keeper = Keeper(cast, story)
    keeper.propose(keeper.due())
    keeper.due()
    archived, disposed = keeper.archived(), keeper.disposed()
    story.submitted("chaoyang")
    post = Appointment.objects.get(officer__police_number="chaoyang.chief")
    appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)
    places = {"source_id": cast.agency("ruili").pk, "target_id": cast.agency("dehong").pk}
    notice = clear_day(actor=cast.actor("sysadmin"), day=date(2026, 10, 10), title="国办发明电〔2026〕7号更正")
    order = merge_agency(actor=cast.actor("sysadmin"), reason="云编发〔2026〕3号", **places)
    look_after(cast)
    publish_text(cast)
    publish_text(cast, "【演示】先打电话。\n三天后再发函。", on=1)
    submit_text(cast, "【演示】先发函。", on=2)
    aimed = make_proposal(cast, section="extradition")
    with django_connected_as("worker"):
        outbox.drain()
        departures.look()
        outbox.drain()
    draft = story.draft()
    return {
        "order": order.pk,
        "advised": _advised(cast.actor("kunshan.officer"), draft),
        "notice": notice.pk,
        "post": post_of(cast, "kunshan.chief").pk,
        "received": story.registered().pk,
        "checked": story.checked().pk,
        "answered": story.incoming_at("closed").pk,
        "shared": shared.pk,
        "asked": asked.pk,
        "border": border.pk,
        "archived": archived.pk,
        "disposed": disposed.pk,
        "kept": keep_post(cast).pk,
        "aimed": aimed.pk,
        "proposed": make_proposal(cast).pk,
        "draft": draft.pk,
        "case": case.pk,
        "ordered": Overseer(cast).order("jiangsu.supervisor", case).pk,
        "returned": story.at("returned").pk,
        "corrected": corrected.pk,
        "abroad": story.dispatched(urgency="most_urgent").pk,
        "closed": story.closed().pk,
        "officer": cast.officer("ruili.officer").pk,
        "limit": _limit(cast.actor("guohe.chief")).pk,
    }


def _advised(actor, case) -> int:
    """The event of advice that is kept with the draft."""
    with acting(actor):
        keep_choice(actor=actor, case_id=case.pk, way="mfa", purpose="lead", reason="【演示】对方要求。")
        return AuditEvent.objects.get(subject=f"case:{case.pk}", kind="case.advise").pk


def _limit(actor) -> InternalLimit:
    asked = Asked(kind="review", urgency="normal", tier="county", amount=4, warn_before=1, extend_by=4)
    with acting(actor):
        return set_limit(actor=actor, asked=asked)


def addresses(world: dict[str, object]) -> Iterator[tuple[str, str]]:
    for login, paths in PAGES.items():
        yield from ((login, path.format(**world)) for path in paths)


def sheet_scrolls(page) -> bool:
    """Opens the sheet of filters where the page has one (a phone), and closes it by its own button."""
    button, sheet = page.locator("[popovertarget=filters]:not([popovertargetaction])"), page.locator("#filters")
    if not button.is_visible():
        return False
    button.click()
    wide = sheet.evaluate(
        "sheet => sheet.scrollWidth > sheet.clientWidth || document.documentElement.scrollWidth > innerWidth"
    )
    sheet.locator("[popovertargetaction=hide]").click()
    assert not sheet.is_visible()
    return bool(wide)


@pytest.mark.parametrize(
    "language, width, height",
    [
        ("zh-hans", 390, 844),
        ("en", 1280, 800),
        ("zh-hans", 1280, 800),
        ("en", 390, 844),
    ],
)
def test_every_page_is_accessible_fits_and_speaks_one_language(browse, enter, live, world, language, width, height):
    axe, wrong, page, who = Axe(), [], None, None
    for login, address in addresses(world):
        if page is None or login != who:
            page, who = browse(width=width, height=height), login
            page.context.add_cookies([{"name": "coopdesk_language", "value": language, "url": live}])
            if login:
                enter(page, login)
        page.goto(address)
        where = (login, address)
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wrong += [
            (where, v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append((where, "scrolls sideways", ""))
        if sheet_scrolls(page):
            wrong.append((where, "the sheet of filters scrolls sideways", ""))
        wrong += [(where, "words", text[:60]) for text in wrong_words(page.content(), language)]
    assert not wrong

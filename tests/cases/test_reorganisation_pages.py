"""机构调整, 交接 and 无人办理 in the browser's eyes: who asks, who confirms, what is said, what is kept after a fault."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse

from agencies import outbox
from agencies.commands import reorganisation
from agencies.models import Agency, Appointment, AuditEvent, Officer, Reorganisation
from agencies.models.reorganisation import OrderState
from cases import reorganise
from tests.browsing import log_in
from tests.conftest import django_connected_as

KUNSHAN, SUZHOU, JIANGSU = "320583000000", "320500000000", "320000000000"
FORM = {"kind": "merge", "agency_text": "苏州市公安局", "route": "parent", "reason": "苏编发〔2026〕8号"}


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


def url(act: str, order: Reorganisation) -> str:
    return reverse(f"reorganisation-{act}", args=[order.pk])


@pytest.fixture
def asked(real_db, cast) -> Reorganisation:
    answer = log_in(cast, "sysadmin").post(reverse("reorganisation-new", args=[KUNSHAN]), FORM)
    order = Reorganisation.objects.get()
    assert answer.url == url("detail", order)
    return order


def test_from_the_organs_page_to_the_result(asked, story, cast):
    case = story.submitted()
    admin, guard = log_in(cast, "sysadmin"), log_in(cast, "secadmin")
    assert reverse("reorganisation-new", args=[SUZHOU]) in admin.get(reverse("agency-detail", args=[SUZHOU])).text
    waiting = admin.get(url("detail", asked)).text
    assert "正在统计" in waiting
    assert f'hx-get="{url("state", asked)}"' in waiting
    drain()
    fragment = admin.get(url("state", asked)).text
    assert "在手的案件" in fragment
    assert "hx-get" not in fragment
    assert "等安全管理员确认" in fragment
    assert "<html" not in fragment
    asked.refresh_from_db()
    assert "确认并执行" in guard.get(url("detail", asked)).text
    guard.post(url("confirm", asked), {"fingerprint": asked.fingerprint})
    assert "正在执行" in guard.get(url("state", asked)).text
    drain()
    done = guard.get(url("detail", asked)).text
    assert "执行完毕" in done
    assert case.number not in done + fragment + waiting
    assert "已完成" in admin.get(reverse("reorganisation-list")).text
    page = admin.get(reverse("agency-detail", args=[KUNSHAN])).text
    assert "已并入" in page
    assert reverse("reorganisation-new", args=[KUNSHAN]) not in page
    assert "已并入" in log_in(cast, "kunshan.chief").get(reverse("notice-list")).text


def test_the_case_page_keeps_the_old_name_for_past_legs(asked, story, cast):
    case = story.submitted()
    drain()
    asked.refresh_from_db()
    reorganisation.confirm(actor=cast.actor("secadmin"), order_id=asked.pk, fingerprint=asked.fingerprint)
    drain()
    # The organ's own name may change later; what had the case was called as it was.
    Agency.objects.filter(code=KUNSHAN).update(name="昆山分局")
    page = log_in(cast, "kunshan.chief").get(reverse("case-detail", args=[case.pk])).text
    route = page[page.index('class="route') :]
    assert "昆山市公安局" in route[: route.index("</ol>")]
    assert route.index("昆山市公安局") < route.index("苏州市公安局") < route.index("江苏省公安厅")
    assert "并入" in page
    assert FORM["reason"] in page
    assert case.number in page
    assert page.count("昆山市公安局") >= 2  # the route and the custody table
    legs = log_in(cast, "kunshan.chief").get(f"/api/v1/cases/{case.pk}/legs/").json()
    names = [leg["agency"]["name"] for leg in legs["results"]]
    assert names == ["昆山市公安局", "昆山市公安局", "苏州市公安局"]
    events = log_in(cast, "kunshan.chief").get(f"/api/v1/cases/{case.pk}/events/").json()["results"]
    assert (events[-1]["kind"], events[-1]["from"]["code"], events[-1]["to"]["code"]) == (
        "case.reorganise",
        KUNSHAN,
        SUZHOU,
    )


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"agency_text": "昆山市公安局"}, "不能并入或划到它自己"),
        ({"agency_text": "不存在的机关"}, "没有这样的机关"),
        ({"agency_text": "000000010000"}, "出口"),
        ({"kind": ""}, "选合并或划转"),
        ({"reason": ""}, "写明理由"),
        ({"kind": "move", "agency_text": "瑞丽市公安局"}, "层级要高于"),
        ({"kind": "move", "agency_text": SUZHOU}, "没有要改的"),
    ],
)
def test_a_refusal_says_what_to_do_and_keeps_what_was_typed(real_db, cast, changes, words):
    answer = log_in(cast, "sysadmin").post(reverse("reorganisation-new", args=[KUNSHAN]), FORM | changes)
    assert answer.status_code == 400
    assert words in answer.text
    assert (FORM | changes)["agency_text"] in answer.text
    if "reason" not in changes:
        assert FORM["reason"] in answer.text
    assert not Reorganisation.objects.exists()


def test_moving_with_the_route_kept(real_db, cast):
    form = FORM | {"kind": "move", "agency_text": "江苏省公安厅", "route": "keep"}
    assert log_in(cast, "sysadmin").post(reverse("reorganisation-new", args=[KUNSHAN]), form).status_code == 302
    order = Reorganisation.objects.get()
    assert (order.target.code, order.route_to.code) == (JIANGSU, SUZHOU)


def test_a_confirmation_of_another_preview_is_refused_on_the_page(asked, story, cast):
    drain()
    guard = log_in(cast, "secadmin")
    answer = guard.post(url("confirm", asked), {"fingerprint": "0" * 64}, follow=True)
    assert "预览已更新" in answer.text
    asked.refresh_from_db()
    assert asked.state == OrderState.READY


def test_counting_again_and_cancelling(asked, story, cast):
    drain()
    admin = log_in(cast, "sysadmin")
    story.draft()
    admin.post(url("recount", asked))
    drain()
    asked.refresh_from_db()
    assert asked.preview["drafts"] == 1
    assert "已撤销" in admin.post(url("cancel", asked), follow=True).text
    assert "不能撤销" in admin.post(url("cancel", asked), follow=True).text


def test_the_auditor_reads_who_ordered_what(asked, cast):
    drain()
    page = log_in(cast, "auditor").get(reverse("audit-log"), {"kind": "reorganisation.*"}).text
    assert "提出机构调整" in page
    assert FORM["reason"] not in page


def test_two_mergers_at_once(real_db, cast, monkeypatch):
    """The second finds the tree taken: it is refused in words, nothing of it is done, and it may be confirmed again."""
    orders = []
    for source, target in (("kunshan", "suzhou"), ("ruili", "dehong")):
        places = {"source_id": cast.agency(source).pk, "target_id": cast.agency(target).pk}
        orders.append(reorganisation.merge_agency(actor=cast.actor("sysadmin"), reason="改革", **places))
    drain()
    for order in orders:
        order.refresh_from_db()
        reorganisation.confirm(actor=cast.actor("secadmin"), order_id=order.pk, fingerprint=order.fingerprint)
    entered, go = threading.Event(), threading.Event()
    absorb = reorganise._absorb

    def slowly(*args):
        entered.set()
        assert go.wait(240)
        return absorb(*args)

    def run() -> None:
        try:
            outbox.drain(1)
        finally:
            connection.close()

    with django_connected_as("worker"):
        monkeypatch.setattr(reorganise, "_absorb", slowly)
        monkeypatch.setattr(outbox, "BATCH", 1)
        first = threading.Thread(target=run)
        first.start()
        assert entered.wait(240)
        outbox.drain(1)
        go.set()
        first.join(240)
    for order in orders:
        order.refresh_from_db()
    assert [(order.state, order.faults) for order in orders] == [(OrderState.DONE, []), (OrderState.READY, ["busy"])]
    assert cast.agency("ruili").is_active
    assert AuditEvent.objects.filter(kind="reorganisation.done").count() == 1
    monkeypatch.undo()
    reorganisation.confirm(actor=cast.actor("secadmin"), order_id=orders[1].pk, fingerprint=orders[1].fingerprint)
    drain()
    assert not cast.agency("ruili").is_active


def test_handing_over_on_one_screen(real_db, story, cast):
    drafts = [story.draft(), story.draft()]
    held = story.submitted()
    story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
    client = log_in(cast, "kunshan.officer")
    assert reverse("handover") in client.get(reverse("my-account")).text
    alone = client.get(reverse("handover")).text
    assert "有 3 件现在没有人可以接手" in alone
    assert "请安全管理员先任命一名" in alone
    assert 'name="all"' not in alone, "nobody could take all of it"
    second = Officer.objects.create(police_number="kunshan.second", name="演第二")
    Appointment.objects.create(officer=second, agency=cast.agency("kunshan"), role="drafter")
    page = client.get(reverse("handover")).text
    assert page.count('name="to-') == 4
    offered = page.partition('name="all"')[2].partition("</select>")[0]
    assert "kunshan.second" in offered
    assert "kunshan.desk" not in offered, "the desk takes assigned work only"
    rows = {f"to-{part}": "" for part in (*(f"drafter-{one.pk}" for one in (*drafts, held)), f"handler-{held.pk}")}
    form = rows | {"all": "kunshan.desk", f"to-drafter-{drafts[0].pk}": "keep"}
    refused = client.post(reverse("handover"), form)
    assert refused.status_code == 422
    assert "选本机关一名在任的承办人" in refused.text
    assert "没有交接" in refused.text
    assert '<option value="keep" selected>' in refused.text
    kept = {name: "keep" for name in rows if "drafter" in name}
    done = client.post(reverse("handover"), rows | kept | {"all": "kunshan.desk"}, follow=True)
    assert "已交接 1 件" in done.text
    assert done.text.count('name="to-') == 3
    nothing = client.post(reverse("handover"), {"all": ""})
    assert (nothing.status_code, "先选择由谁接手" in nothing.text) == (422, True)


@pytest.mark.parametrize("name", ["reorganisation-list", "handover", "unattended-list"])
def test_nobody_comes_in_without_a_log_in(real_db, client, name):
    assert client.get(reverse(name)).status_code == 302

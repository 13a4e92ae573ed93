"""The marks and words of a page, as templates get them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines
from django.utils import translation

from coopdesk.icons import ICONS

MONDAY = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)  # 10:20 in Shanghai


@pytest.fixture(autouse=True)
def _chinese_on_a_monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    with translation.override("zh-hans"):
        yield


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    "source, shown",
    [
        ('{% status "in_review" %}', '<span class="status" data-s="in_review">审核中</span>'),
        ('{% status "in_review" bold %}', '<span class="status" data-s="in_review">&lt;b&gt;</span>'),
        ('{% outcome "refused" %}', '<span class="status" data-s="refused">拒绝</span>'),
        ('{% due "near" "剩 2 个工作日" %}', '<span class="due" data-due="near">剩 2 个工作日</span>'),
        ('{% tag "内部" %}', '<span class="tag">内部</span>'),
        ('{% tag "必须" "must" %}', '<span class="tag tag--must">必须</span>'),
        ('{% urgency "most_urgent" %}', '<span class="tag tag--most">特急</span>'),
        ('{% urgency "normal" %}', ""),
        ("{{ 3|days_over }}", "超 3 日"),
        ("{{ 1388|grouped }}", "1,388"),
        ("{{ n|grouped }}", "—"),
        ("{{ 0|or_unknown }}", "0"),
        ("{{ n|or_unknown }}", '<span class="muted">未收录</span>'),
    ],
)
def test_marks_and_numbers(source, shown):
    assert draw(source, n=None, bold="<b>") == shown


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_a_decoration(name):
    drawn = draw("{% icon name %}", name=name)
    assert drawn.startswith('<svg class="i"')
    assert 'aria-hidden="true"' in drawn


def test_a_demo_title_shows_its_prefix_in_grey_and_is_marked_as_user_data():
    assert draw("{{ t|demo_title }}", t="【演示】<i>案") == (
        '<span lang="zh-CN" data-user><span class="demo">【演示】</span>&lt;i&gt;案</span>'
    )


@pytest.mark.parametrize(
    "source, chinese, english",
    [
        ("{{ t|due_form }}", "11月25日 周三 17:00", "25 Nov (Wed) 17:00"),
        ("{{ t|day }}", "11月25日", "25 Nov"),
        ("{{ t|weekday }}", "11月25日 周三", "25 Nov (Wed)"),
        ("{{ t|stamp }}", "2026年11月25日 周三 17:00", "25 Nov 2026 (Wed) 17:00"),
        ("{{ t|clock }}", "17:00", "17:00"),
    ],
)
def test_times_in_both_languages(source, chinese, english):
    moment = datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert f">{chinese}</time>" in draw(source, t=moment)
    with translation.override("en"):
        assert f">{english}</time>" in draw(source, t=moment)


@pytest.mark.parametrize(
    "after, left, state, words",
    [
        (timedelta(days=2), 2, "near", "剩 2 个工作日"),
        (timedelta(days=7), 5, "ok", "剩 5 个工作日"),
        (timedelta(hours=6), 0, "near", "今日 16:20 前"),
        (timedelta(hours=-1), None, "late", "今日 09:20 已过"),
        (timedelta(days=-3), None, "late", "超 3 日"),
        (timedelta(days=23), None, "ok", "剩 23 日"),
    ],
)
def test_a_running_deadline_says_what_is_left_or_over(after, left, state, words):
    drawn = draw("{% deadline at left %}", at=MONDAY + after, left=left)
    assert drawn == f'<span class="due" data-due="{state}">{words}</span>'


def test_no_deadline_says_so():
    assert draw("{% deadline None %}") == '<span class="due" data-due="none">无时限</span>'


def test_what_changed_is_marked_by_characters_and_whole_words():
    drawn = draw(
        "{% marked a b as pair %}{{ pair.0 }}|{{ pair.1 }}",
        a="转出资金 ABC1 的收款人<",
        b="转出资金 ABC2 的最终收款人<",
    )
    assert drawn == "转出资金 <del>ABC1</del> 的收款人&lt;|转出资金 <ins>ABC2</ins> 的<ins>最终</ins>收款人&lt;"


def test_very_long_texts_are_compared_as_a_whole():
    drawn = draw("{% marked a b as pair %}{{ pair.0 }}", a="一" * 5000, b="二" * 5000)
    assert drawn == f"<del>{'一' * 5000}</del>"

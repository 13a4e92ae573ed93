"""The finder of untranslated words finds them, and leaves user data and official names alone."""

import pytest

from tests.language import wrong_words


@pytest.mark.parametrize(
    "html, found",
    [
        ("<p>Workbench</p>", []),
        ("<p>工作台</p>", ["工作台"]),
        ("<p>Cases，open</p>", ["Cases，open"]),
        ("<p data-user>昆山 <b>市</b></p><p>Open</p>", []),
        ('<button lang="zh-CN">中文</button>', []),
        ('<input aria-label="搜索"><p>x</p>', ["搜索"]),
        ('<span data-user><input placeholder="昆山"></span>', []),
        ('<body data-word-saved="已存">', ["已存"]),
        ("<script>'中'</script><textarea>中</textarea><title>中</title>", []),
        ("<ul><li data-user>甲</li><li>乙</li></ul><p>丙</p>", ["乙", "丙"]),
    ],
)
def test_on_an_english_page(html, found):
    assert wrong_words(html, "en") == found


@pytest.mark.parametrize(
    "html, found",
    [
        ("<p>查看 PDF，52 kB</p>", []),
        ("<p>Som Demo，泰国</p>", []),
        ("<p>This field is required.</p>", ["This field is required."]),
        ("<p data-user>The Royal Thai Police said</p>", []),
        ('<p lang="en">Read this page in English</p>', []),
    ],
)
def test_on_a_chinese_page(html, found):
    assert wrong_words(html, "zh-hans") == found

"""The English catalogues are in step with the Chinese words of code and templates, and nothing is left untranslated."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from coopdesk.management.commands import catalog


def test_every_message_has_its_english_and_every_catalogue_is_compiled():
    out = io.StringIO()
    try:
        call_command("catalog", "--check", stdout=out)
    except CommandError as error:
        pytest.fail(f"{error}\n{out.getvalue()}")


@pytest.fixture
def room(tmp_path, settings):
    """A checkout with one template and one module."""
    settings.BASE_DIR = tmp_path
    for name in catalog.ROOMS:
        (tmp_path / name).mkdir()
    (tmp_path / "templates" / "cases").mkdir(parents=True)
    (tmp_path / "templates" / "cases" / "page.html").write_text(
        '{% load i18n %}\n  <p>{% translate "工作台" %}</p>\n{% blocktranslate count n=n %}{{ n }} 件{% plural %}{{ n }} 件'
        '{% endblocktranslate %}{% translate "打开" context "key" %}'
    )
    (tmp_path / "cases" / "words.py").write_text('A = _("剩 %(n)s 个" "工作日")\n')
    return tmp_path


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("catalog", *arguments, stdout=out)
    return out.getvalue()


def _translate(path: Path, pairs: dict[str, str]) -> None:
    text = path.read_text()
    for source, english in pairs.items():
        text = text.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{english}"')
        text = text.replace(
            f'msgid_plural "{source}"\nmsgstr[0] ""\nmsgstr[1] ""',
            f'msgid_plural "{source}"\nmsgstr[0] "{english}"\nmsgstr[1] "{english}"',
        )
    path.write_text(text)


ENGLISH = {"工作台": "Workbench", "%(n)s 件": "%(n)s cases", "打开": "open", "剩 %(n)s 个工作日": "%(n)s days left"}


def test_it_finds_words_in_templates_and_code_and_keeps_translations(room):
    said = _run()
    po = room / "cases/locale/en/LC_MESSAGES/django.po"
    assert "cases: missing: '工作台'" in said
    assert "5 catalogues, 4 to mend" in said
    _translate(po, ENGLISH)
    assert "0 to mend" in _run()
    assert 'msgctxt "key"' in po.read_text()
    before = po.read_bytes(), po.with_suffix(".mo").read_bytes()
    _run("--check")
    assert (po.read_bytes(), po.with_suffix(".mo").read_bytes()) == before


@pytest.mark.parametrize(
    "spoil, complaint",
    [
        ({"工作台": "工作台"}, "Chinese in the English"),
        ({"剩 %(n)s 个工作日": "%(days)s days left"}, "placeholder"),
        ({"工作台": ""}, "missing"),
    ],
)
def test_the_check_fails_on_a_bad_translation(room, spoil, complaint):
    _run()
    _translate(room / "cases/locale/en/LC_MESSAGES/django.po", ENGLISH | spoil)
    _run()
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("catalog", "--check", stdout=out)
    assert complaint in out.getvalue()


def test_the_check_fails_when_a_catalogue_is_stale(room):
    _run()
    _translate(room / "cases/locale/en/LC_MESSAGES/django.po", ENGLISH)
    _run()
    (room / "cases" / "words.py").write_text('A = _("别的话")\n')
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("catalog", "--check", stdout=out)
    assert "cases: stale: en/django.po" in out.getvalue().replace("LC_MESSAGES/", "")


def test_one_message_has_one_translation(room):
    (room / "agencies" / "words.py").write_text('A = _("工作台")\n')
    _run()
    _translate(room / "cases/locale/en/LC_MESSAGES/django.po", ENGLISH)
    _translate(room / "agencies/locale/en/LC_MESSAGES/django.po", {"工作台": "Desk"})
    assert "agencies: translated otherwise in cases: '工作台'" in _run()

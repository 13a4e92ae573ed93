"""A submission names its files: an approval is given to exactly those, and a comparison shows what became of them."""

from __future__ import annotations

import hashlib
import io

import pytest

from agencies.scope import acting
from cases import files
from cases.copies import copy_case
from cases.models import Revision
from cases.queries.changes import compare
from tests import samples
from tests.browsing import log_in

pytestmark = pytest.mark.django_db
OTHER = samples.PDF + b"\n"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    options = {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"default": {**settings.STORAGES["default"], "OPTIONS": options}}


@pytest.fixture
def attach(cast):
    def run(case, name, content=samples.PDF):
        actor = cast.actor("kunshan.officer")
        with acting(actor):
            return files.attach(actor=actor, case_id=case.pk, name=name, content=io.BytesIO(content))

    return run


@pytest.fixture
def remove(cast):
    def run(file):
        actor = cast.actor("kunshan.officer")
        with acting(actor):
            files.remove(actor=actor, case_id=file.case_id, file_id=file.pk)

    return run


def frozen(cast, case, number):
    with acting(cast.actor("kunshan.officer")):
        return Revision.objects.get(case=case, number=number).content


def test_a_submission_names_its_files_and_not_those_that_were_taken_off(cast, story, attach, remove):
    case = story.draft()
    remove(attach(case, "取消.pdf"))
    kept = attach(case, "协查函.pdf")
    story.step("kunshan.officer", case, "submit")
    digest = hashlib.sha256(samples.PDF).hexdigest()
    assert frozen(cast, case, 1)["files"] == [{"id": str(kept.pk), "name": "协查函.pdf", "sha256": digest}]


def test_the_comparison_shows_files_that_came_went_and_were_replaced(cast, story, attach, remove):
    case = story.draft()
    gone, replaced = attach(case, "取消.pdf"), attach(case, "替换.pdf")
    attach(case, "不变.pdf", OTHER + b"\n")
    story.step("kunshan.officer", case, "submit")
    story.step("kunshan.chief", case, "return_for_correction", reasons=["facts_unclear"])
    remove(gone)
    remove(replaced)
    attach(case, "替换.pdf", OTHER)
    attach(case, "新增.pdf", OTHER + b"\n\n")
    story.step("kunshan.officer", case, "submit")
    changes = compare(frozen(cast, case, 1), frozen(cast, case, 2))
    old, new = (hashlib.sha256(content).hexdigest()[:8] for content in (samples.PDF, OTHER))
    assert [(change.field, change.before, change.after) for change in changes] == [
        ("files", "取消.pdf", ""),
        ("files", f"替换.pdf（{old}）", f"替换.pdf（{new}）"),
        ("files", "", "新增.pdf"),
    ]
    page = log_in(cast, "kunshan.chief").get(f"/cases/{case.pk}/revisions/2/").content.decode()
    assert "附件" in page
    assert "改了 3 处" in page
    assert "新增.pdf" in page
    assert "不变.pdf" not in page


def test_the_same_files_are_no_change_and_older_submissions_say_nothing_of_files(story, attach, cast):
    case = story.draft()
    attach(case, "协查函.pdf")
    story.step("kunshan.officer", case, "submit")
    story.step("kunshan.chief", case, "return_for_correction", reasons=["facts_unclear"])
    story.step("kunshan.officer", case, "submit")
    first, second = frozen(cast, case, 1), frozen(cast, case, 2)
    assert compare(first, second) == []
    del first["files"]
    assert compare(first, second) == []


def test_a_copy_takes_the_words_and_no_files(cast, story, attach):
    case = story.draft()
    attach(case, "协查函.pdf")
    story.step("kunshan.officer", case, "submit")
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        copy = copy_case(actor=actor, case_id=case.pk)
        assert (copy.title, files.files_of(copy)) == (case.title, [])

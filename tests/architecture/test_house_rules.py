"""What a machine checks holds: budgets, one writer, one way to a case, documents that are current."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from cases.workflow_doc import document

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("coopdesk", "cases", "treaties", "countries", "agencies")


def python_files(*folders: str) -> list[Path]:
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    )


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("folders, budget", [(ROOMS, 400), (("tests", "bench"), 500)])
def test_files_stay_within_their_budget(folders, budget):
    long = {str(path.relative_to(ROOT)): lines for path in python_files(*folders) if (lines := _lines(path)) > budget}
    assert not long


def _lines(path: Path) -> int:
    return path.read_text().count("\n")


def test_functions_stay_within_fifty_lines():
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno
        for path in python_files(*ROOMS)
        for node in functions(path)
        if node.end_lineno - node.lineno > 50
    }
    assert not long


def test_no_first_party_import_hides_inside_a_function():
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in python_files(*ROOMS)
        for node in functions(path)
        if node.name != "ready"
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and (inner.module or "").split(".")[0] in ROOMS
    ]
    assert not hidden


def test_case_rows_are_reached_through_policies_only():
    """`Case.objects` outside policies.py would be a side door; outbox reactions and the clock work without a scope."""
    allowed = {
        "cases/policies.py",
        "cases/notices.py",
        "cases/reorganise.py",
        "cases/departures.py",
        "cases/duplicates.py",
        "cases/clocks/moves.py",
    }
    doors = [
        str(path.relative_to(ROOT))
        for path in python_files(*ROOMS)
        if "Case.objects" in path.read_text() and "coopdesk/demo" not in str(path)
    ]
    assert set(doors) <= allowed


@pytest.mark.parametrize(
    "words, home",
    [
        ("scope @>", "cases/policies.py"),  # who sees a case, in SQL
        ("advisory_xact_lock(", "agencies/turns.py"),  # the seeds of the locks
    ],
)
def test_said_in_one_place(words, home):
    assert [str(path.relative_to(ROOT)) for path in python_files(*ROOMS) if words in path.read_text()] == [home]


def test_one_module_writes_a_status():
    """Opening gives `draft`; every later status is take_step's."""
    writers = [
        str(path.relative_to(ROOT))
        for path in python_files("cases")
        if any(
            isinstance(target, ast.Attribute) and target.attr == "status" and getattr(target.value, "id", "") == "case"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Assign)
            for target in node.targets
        )
    ]
    assert writers == ["cases/commands.py"]


def test_no_signals_and_no_save_overrides():
    text = "\n".join(path.read_text() for path in python_files(*ROOMS))
    assert "post_save" not in text
    assert "pre_save" not in text
    overrides = [
        f"{path.relative_to(ROOT)}"
        for path in python_files(*ROOMS)
        for node in functions(path)
        if node.name == "save" and "models" in path.parts
    ]
    assert not overrides


def test_the_workflow_document_is_current():
    with translation.override("zh-hans"):
        assert (ROOT / "docs" / "generated" / "workflow.md").read_text() == document()


@pytest.mark.django_db
def test_models_have_their_migrations():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_and_linear():
    for room in ("cases", "treaties", "countries", "agencies"):
        names = sorted(path.stem for path in (ROOT / room / "migrations").glob("0*.py"))
        assert [name[:4] for name in names] == [f"{n:04d}" for n in range(1, len(names) + 1)], room
        assert not [name for name in names if "_auto_" in name or "merge" in name]


def test_no_machine_path_is_committed():
    found = subprocess.run(
        ["git", "grep", "-nIE", "/(work|root|home/[a-z]+)/", "--", ".", ":!.ci"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not found.stdout

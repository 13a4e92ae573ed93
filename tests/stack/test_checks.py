"""What production refuses to start with: every check goes red for its fault alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection

from agencies.models import Officer
from coopdesk import checks
from coopdesk.stack.layout import ROOT
from tests.conftest import django_connected_as
from tests.stack.running import clean_env

GOOD_KEY = "0123456789" * 6


@pytest.fixture
def production(settings, monkeypatch, tmp_path):
    """A production environment without a fault."""
    settings.TESTING = settings.EMBEDDED = settings.DEBUG = settings.DEMO = False
    settings.HTTPS = True
    settings.SECRET_KEY = GOOD_KEY
    settings.AUDIT_KEY = tmp_path / "audit.pem"
    settings.AUDIT_KEY.write_text("a key")
    settings.AUDIT_PUBLIC_KEY = tmp_path / "audit.pub"
    settings.ALLOWED_HOSTS = ["coopdesk.example.org"]
    monkeypatch.setenv("COOPDESK_HOSTS", "coopdesk.example.org")
    return settings


def _ids(messages):
    return [message.id for message in messages]


def test_a_good_environment_passes(production):
    assert checks.environment(None) == []


def test_the_embedded_default_and_the_tests_are_let_be(production):
    production.SECRET_KEY = "insecure"
    production.EMBEDDED = True
    assert checks.environment(None) == []
    assert checks.database(None, ["default"]) == []


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("DEBUG", True, "coopdesk.E001"),
        ("SECRET_KEY", "insecure-default-key-for-tests-and-checks-only-0123456789", "coopdesk.E002"),
        ("SECRET_KEY", "short", "coopdesk.E002"),
        ("ALLOWED_HOSTS", ["*"], "coopdesk.E003"),
        ("DEMO", True, "coopdesk.E005"),
        ("HTTPS", False, "coopdesk.W001"),
    ],
)
def test_each_fault_has_its_id_and_a_hint(production, name, value, expected):
    setattr(production, name, value)
    found = checks.environment(None)
    assert _ids(found) == [expected]
    assert found[0].hint


def test_hosts_must_be_named(production, monkeypatch):
    monkeypatch.delenv("COOPDESK_HOSTS")
    assert _ids(checks.environment(None)) == ["coopdesk.E003"]


def test_an_audit_key_must_be_there(production):
    production.AUDIT_KEY.unlink()
    assert _ids(checks.environment(None)) == ["coopdesk.E004"]


@pytest.mark.parametrize("role, expected", [("app", []), ("worker", ["coopdesk.E004"])])
def test_the_public_half_is_enough_for_the_web(production, role, expected):
    production.AUDIT_KEY.unlink()
    production.AUDIT_PUBLIC_KEY.write_text("half a key")
    production.DB_ROLE = role
    assert _ids(checks.environment(None)) == expected


@pytest.mark.parametrize("variable", ["COOPDESK_DEBUG", "COOPDESK_DEMO"])
def test_set_up_refuses_before_it_touches_anything(variable):
    env = os.environ | {variable: "1", "COOPDESK_SECRET_KEY": GOOD_KEY, "MIGRATE_DATABASE_URL": "postgres://nowhere/x"}
    done = subprocess.run([sys.executable, "manage.py", "setup"], cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"coopdesk.E00" in done.stderr


def test_a_good_site_has_nothing_to_be_warned_of(tmp_path):
    (tmp_path / "audit.pub").write_text("half a key")
    good = clean_env(
        COOPDESK_SECRET_KEY=GOOD_KEY + "abcdefghijklmnopqrstuvwxyz",
        COOPDESK_HOSTS="coopdesk.example.org",
        COOPDESK_ORIGIN="https://coopdesk.example.org",
        COOPDESK_STATE=str(tmp_path),
        COOPDESK_AUDIT_PUBLIC_KEY=str(tmp_path / "audit.pub"),
    )
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=good, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class TestDatabase:
    """The private server of the tests does without the disk, which E013 says; nothing else is wrong with it."""

    @pytest.fixture(autouse=True)
    def _without_demo_accounts(self, production, real_db):
        Officer.objects.update(is_active=False)

    def found(self):
        return _ids(checks.database(None, ["default"]))

    def test_nothing_but_the_durability_of_the_test_server_is_found(self):
        assert set(self.found()) == {"coopdesk.E013"}

    def test_commits_that_do_not_wait_for_the_disk(self):
        before = len(self.found())
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        assert self.found().count("coopdesk.E013") == before + 1

    def test_demo_accounts(self):
        Officer.objects.filter(police_number="kunshan.officer").update(is_active=True)
        assert "coopdesk.E010" in self.found()

    def test_a_role_that_owns_tables(self):
        with django_connected_as("migrate"):
            assert "coopdesk.E014" in self.found()

    @pytest.mark.parametrize(
        "query, answer, expected",
        [("server_version_num", "170004", "coopdesk.E011"), ("show_trgm", False, "coopdesk.E012")],
    )
    def test_an_old_server_or_a_locale_without_chinese(self, monkeypatch, query, answer, expected):
        real = checks._value
        monkeypatch.setattr(checks, "_value", lambda sql, *more: answer if query in sql else real(sql, *more))
        assert expected in self.found()

    def test_a_silent_server_is_not_a_fault(self, monkeypatch):
        def refuse(*_):
            raise OperationalError

        monkeypatch.setattr(checks, "_value", refuse)
        assert self.found() == []

    def test_all_reasons_are_told_at_once(self, production):
        production.DEMO = True
        with pytest.raises(SystemCheckError, match=r"(?s)E005.*E013"):
            checks.refuse_unsafe()

"""The addresses for machines: alive, ready, metrics."""

from __future__ import annotations

import pytest
import redis
from django.db import DatabaseError

from coopdesk.web import health


@pytest.mark.django_db
class TestReady:
    def test_when_all_is_there(self, client):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": []})

    def test_without_the_broker(self, client, settings):
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["missing"]) == (503, ["broker"])

    def test_without_the_database(self, client, monkeypatch):
        def cursor():
            raise DatabaseError

        monkeypatch.setattr(health, "_migrated", False)
        monkeypatch.setattr(health.connection, "cursor", cursor)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["missing"]) == (503, ["database", "schema"])

    def test_with_a_migration_to_do(self, client, monkeypatch):
        monkeypatch.setattr(health, "_migrated", False)
        monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
        assert client.get("/readyz").json()["missing"] == ["schema"]


def test_alive_needs_nothing(client, monkeypatch):
    monkeypatch.setattr(redis.Redis, "ping", None)
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_for_reading(client, path, method):
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked, expected",
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.1.2.3"}, 200),
        ({"REMOTE_ADDR": "::ffff:172.18.0.5"}, 200),
        ({"REMOTE_ADDR": "8.8.8.8"}, 404),
        ({"REMOTE_ADDR": "::ffff:8.8.8.8"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "10.9.9.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"}, 404),
    ],
)
def test_metrics_are_for_the_inside(client, asked, expected):
    assert client.get("/metrics", **asked).status_code == expected


@pytest.mark.django_db
def test_metrics_are_prometheus_text(client):
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain")
    assert b"django_http_requests_total_by_method_total" in answer.content
    assert "no-store" in answer["Cache-Control"]

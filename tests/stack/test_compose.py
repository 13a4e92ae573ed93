"""Who holds what in docker-compose.yml: the key that signs the trail's checkpoints, and the folder they lie in."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from coopdesk.stack.layout import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "beat")


def _service(name: str) -> dict[str, Any]:
    return COMPOSE["services"][name]


@pytest.mark.parametrize("name", OURS)
def test_the_worker_alone_holds_the_signing_key(name):
    service = _service(name)
    assert ("audit_key" in service["secrets"]) is (name == "worker")
    assert ("COOPDESK_AUDIT_KEY" in service["environment"]) is (name == "worker")
    assert "audit_public_key" in service["secrets"]
    assert service["environment"]["COOPDESK_AUDIT_PUBLIC_KEY"] == "/run/secrets/audit_public_key"


@pytest.mark.parametrize("name", OURS)
def test_the_worker_alone_writes_checkpoints(name):
    service = _service(name)
    folder = service["environment"]["COOPDESK_CHECKPOINTS"]
    mounts = {place: rest for volume in service["volumes"] for _from, place, *rest in [volume.split(":")]}
    assert mounts[folder] == ([] if name == "worker" else ["ro"])
    # Nor by another way in: no writable volume holds the folder, and the rest of the container cannot be written.
    assert not [place for place, rest in mounts.items() if place != folder and folder.startswith(f"{place}/")]
    assert service["read_only"] is True


@pytest.mark.parametrize("name", OURS)
def test_only_the_worker_is_the_worker_for_the_database(name):
    environment = _service(name)["environment"]
    assert ("WORKER_DATABASE_URL" in environment) is (name == "worker")
    assert (environment.get("COOPDESK_DB_ROLE") == "worker") is (name == "worker")


def test_no_other_service_has_any_of_it():
    for name in COMPOSE["services"].keys() - set(OURS):
        text = str(_service(name))
        assert "audit" not in text
        assert "checkpoints" not in text

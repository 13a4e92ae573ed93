"""Files of another network, as that network would write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from countries.exchange import seal

THERE = "【演示】另一网"
Body = dict[str, Any]
Change = Callable[[Body], None]


def trust_another(settings: Any, folder: Path) -> None:
    """We trust one other network, whose key is at hand to write its files with."""
    settings.EXCHANGE_TRUSTED, settings.EXCHANGE_KEY = folder / "trusted", folder / "theirs.key"
    settings.EXCHANGE_TRUSTED.mkdir()
    (settings.EXCHANGE_TRUSTED / f"{THERE}.pem").write_text(seal.own_public()[0])


def written(client: Client, code: str = "TH") -> bytes:
    answer = client.get(reverse("country-exchange-file", args=[code]))
    assert answer.status_code == 200
    return b"".join(answer)


def told(client: Client, change: Change, code: str = "TH") -> bytes:
    """A file of the other network that says of the country what we do, but for a change."""
    body = json.loads(written(client, code))["body"]
    change(body)
    return seal.sealed(body)


def piece(body: Body, kind: str, *key: str) -> dict[str, Any]:
    return next(one for one in body["pieces"] if (one["kind"], *one["key"][: len(key)]) == (kind, *key))


def value(text: Any, *, as_of: str = "", confidence: str = "confirmed") -> dict[str, Any]:
    day = as_of or timezone.localdate().isoformat()
    return {"value": text, "source": "【演示】外方来函", "as_of": day, "confidence": confidence, "by": "【演示】李核"}


def capital(text: str = "【演示】新都", **said: str) -> Change:
    return lambda body: piece(body, "entry", "capital")["values"].update(text_en=value(text, **said))


def a_treaty(body: Body) -> None:
    origin = {"stated": value("in_force"), "signed_on": value("2026-01-05")}
    named = {"title_zh": value("【演示】警务合作协定"), **origin}
    plain = {"kind": "police_cooperation", "short_zh": "", "subject_field": "", "note": ""}
    body["pieces"] += [
        {"kind": "provision", "key": ["DEMO-TH", "interpol"], "plain": plain, "values": {"family": value("interpol")}},
        {"kind": "party", "key": ["DEMO-TH"], "plain": plain, "values": {}},
        {"kind": "instrument", "key": ["DEMO-TH"], "plain": plain, "values": named},
    ]

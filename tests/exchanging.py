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


def frontier(code: str) -> Change:
    plain = {"name": "【演示】市", "level": "city", "note": "", "agency": ""}
    one = {"kind": "frontier", "key": [code], "plain": plain, "values": {"approx_km": value(7)}}
    return lambda body: body["pieces"].append(one)


def treaty_with(**plain: str) -> Change:
    def change(body: Body) -> None:
        a_treaty(body)
        body["pieces"][-1]["plain"] = body["pieces"][-1]["plain"] | plain

    return change


def frontier_with(**plain: str) -> Change:
    def change(body: Body) -> None:
        frontier("150299")(body)
        body["pieces"][-1]["plain"].update(plain)

    return change


def a_record(day: str = "", number: str = "1", key: str = "【演示】对话") -> Change:
    values = {"name_zh": value("【演示】对话"), "attrs": value({"maturity": "dialogue"})}
    values |= {"starts_on": value(day)} if day else {}
    one = {"kind": "record", "key": ["mechanism", key, "", day, number], "plain": {}, "values": values}
    return lambda body: body["pieces"].append(one)


def their_treaty(code: str) -> dict[str, Any]:
    """A piece that tells where a treaty was adopted."""
    values = {"adopted_place": value("【演示】曼谷")}
    return {"kind": "instrument", "key": [code], "plain": {"kind": "extradition"}, "values": values}

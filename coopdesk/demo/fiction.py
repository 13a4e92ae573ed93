"""What a fictional request says, from the phrase grammar of seeds/phrases.yaml. The same seed gives the same words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from agencies.seeding import yaml_of
from coopdesk.demo.identities import fill, iban, id_card
from coopdesk.demo.world import TITLE_MARK

_SLOT = re.compile(r"\{(\w+)\}")
_DEPTH = 5
_DOCUMENTATION_NETS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where and when a request begins, which countries there are (code to name), and which request types may be used."""

    city: str
    province: str
    opened: date
    countries: Mapping[str, str]
    types: frozenset[str]


@functools.cache
def phrases() -> Any:
    """The grammar."""
    return yaml_of("phrases.yaml")


@functools.cache
def requests() -> dict[str, Any]:
    """The request types of the grammar by code."""
    return {entry["code"]: entry for entry in phrases()["request_types"]}


def weighted(rng: Random, weights: Mapping[str, float]) -> str:
    """One key, as likely as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


class Fiction:
    """One fictional request: who, what, where; and any further words about it, consistent with what was said before."""

    def __init__(self, rng: Random, scene: Scene) -> None:
        self.rng, self.scene = rng, scene
        grammar = phrases()
        crimes = grammar["crime_types"]
        self.crime = rng.choices(crimes, [crime["weight"] for crime in crimes])[0]
        known = {code: weight for code, weight in self.crime["countries"].items() if code in scene.countries}
        self.country = weighted(rng, known)
        usable = {
            code: weight
            for code, weight in self.crime["requests"].items()
            if requests()[code]["request_type"] in scene.types
        }
        self.request = requests()[weighted(rng, usable)]
        self.said: dict[str, str] = self._context()

    def _context(self) -> dict[str, str]:
        first = self.scene.opened - timedelta(days=self.rng.randint(3, 40))
        name = self.scene.countries[self.country]
        return {
            "city": self.scene.city,
            "province": self.scene.province,
            "country": name,
            "partner": f"{name}警方",
            "crime_name": self.crime["name"],
            "d1": _day(first),
            "d1_md": f"{first.month}·{first.day}",
            "d2": _day(first - timedelta(days=self.rng.randint(5, 150))),
            "d3": _day(self.scene.opened + timedelta(days=self.rng.randint(20, 60))),
            "future_date": _day(self.scene.opened + timedelta(days=self.rng.randint(60, 120))),
        }

    def words(self, template: str) -> str:
        """The template with its slots filled; a slot filled once keeps its words for the whole request."""
        for _ in range(_DEPTH):
            filled = _SLOT.sub(self._slot, template)
            if filled == template:
                return filled
            template = filled
        raise ValueError(f"slots nest too deeply: {template}")

    def one(self, templates: Sequence[str]) -> str:
        """One of the templates, filled."""
        return self.words(self.rng.choice(templates))

    def _slot(self, match: re.Match[str]) -> str:
        name = match[1]
        if name not in self.said:
            lexicon = phrases()["lexicon"]
            if name in lexicon:
                self.said[name] = str(self.rng.choice(lexicon[name]))
            else:
                self.said[name] = _IDENTITIES[name](self.rng, self.country)
        return self.said[name]

    def title(self) -> str:
        """The title, marked as a demo."""
        return TITLE_MARK + self.one(self.crime["titles"])

    def summary(self) -> str:
        """What happened, in two or three sentences."""
        facts = self.rng.sample(self.crime["facts"], min(2, len(self.crime["facts"])))
        return "\n".join([self.one(self.crime["summaries"]), *map(self.words, facts)])

    def content(self, *, items: int = 2) -> dict[str, Any]:
        """Raw content for cases.content_input.parse, with up to `items` things asked for."""
        wanted = self.rng.sample(self.request["items"], min(items, len(self.request["items"])))
        asked = [{"description": self.words(template)} for template in wanted]
        return {
            "direction": "outgoing",
            "country": self.country,
            "request_type": self.request["request_type"],
            "title": self.title(),
            "summary": self.summary(),
            "purpose": self.one(phrases()["purposes"]),
            "subjects": self._subjects(),
            "items": asked,
        }

    def foreign_content(self, *, items: int = 2) -> dict[str, Any]:
        """Raw content of a request from the country of the story; the day it came is for the player to say."""
        ours = self.content(items=items)
        kind = _FOREIGN_TYPES.get(ours["request_type"], "mla_other_in")
        came = {
            "direction": "incoming",
            "request_type": kind,
            "their_reference": self.words("{reference}"),
            "requesting_authority": self.words("{partner}"),
            "received_via": "interpol" if kind.startswith("interpol") else "police_liaison",
        }
        return {**ours, **came, "title": f"{TITLE_MARK}{self.words('{partner}')}请求协查"}

    def _subjects(self) -> list[dict[str, Any]]:
        """The suspect; the foreigner, the company and the victim where the story has named them."""
        birth = date(1970, 1, 1) + timedelta(days=self.rng.randrange(12_000))
        suspect = {"kind": "person", "name": self.words("{suspect}"), "role": "犯罪嫌疑人", "nationality": "CN"}
        suspect |= {"birth_date": birth.isoformat(), "document_number": id_card(birth, self.rng.randrange(1000))}
        rows = [suspect]
        if "foreigner" in self.said:
            rows.append(
                {
                    "kind": "person",
                    "name": self.said["foreigner"],
                    "role": "涉案人员",
                    "nationality": self.country,
                    "document_number": self.words("{passport}"),
                }
            )
        if "org_foreign" in self.said:
            rows.append({"kind": "entity", "name": self.said["org_foreign"], "role": "涉案单位"})
        if "victim" in self.said:
            rows.append({"kind": "person", "name": self.said["victim"], "role": "被害人", "nationality": "CN"})
        return rows


# What the other side asks for when it asks us for the same.
_FOREIGN_TYPES = {
    "police_cooperation_out": "police_cooperation_in",
    "interpol_inquiry_out": "interpol_request_in",
    "interpol_locate_arrest_out": "interpol_request_in",
    "fugitive_handover_out": "fugitive_handover_in",
    "mla_evidence_out": "mla_evidence_in",
    "mla_service_out": "mla_service_in",
    "mla_witness_out": "mla_witness_in",
    "mla_freeze_out": "mla_freeze_in",
}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def person(rng: Random) -> str:
    """A name that shows at a glance that nobody bears it."""
    names = phrases()["identity"]["person_cn"]
    return str(rng.choice(names["surname"]) + rng.choice(names["given"]))


def _person(rng: Random, _country: str) -> str:
    return person(rng)


def _foreigner(rng: Random, country: str) -> str:
    names = phrases()["identity"]["person_foreign"]
    latin, chinese = rng.choice(names.get(country, names["DEFAULT"]))
    return f"{chinese}（{latin}）"


def _company(rng: Random, _country: str) -> str:
    company = phrases()["identity"]["org_cn"]
    return str(company["pattern"].replace("{word}", rng.choice(company["words"])))


def _foreign_company(rng: Random, _country: str) -> str:
    company = phrases()["identity"]["org_foreign"]
    pattern = company["pattern"].replace("{word}", rng.choice(company["words"]))
    return str(pattern.replace("{suffix}", rng.choice(company["suffix"])))


def _ip(rng: Random, _country: str) -> str:
    return f"{rng.choice(_DOCUMENTATION_NETS)}.{rng.randint(1, 254)}"


def _account(rng: Random, _country: str) -> str:
    return iban(fill("FICT##########", rng))


def _number(name: str) -> Callable[[Random, str], str]:
    return lambda rng, _country: fill(phrases()["numbers"][name], rng)


_IDENTITIES: dict[str, Callable[[Random, str], str]] = {
    "suspect": _person,
    "suspect2": _person,
    "victim": _person,
    "foreigner": _foreigner,
    "org_cn": _company,
    "org_foreign": _foreign_company,
    "ip": _ip,
    "bank_foreign": _account,
    **{
        name: _number(name)
        for name in ("passport", "phone", "crypto", "txn", "domain", "email", "account", "plate", "reference")
    },
}

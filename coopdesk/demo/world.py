"""The places of the demo world, and the refusal to put it anywhere but on the embedded default."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from django.conf import settings

from agencies.roles import Role

TITLE_MARK = "【演示】"


class DemoRefused(Exception):
    """This is not a database for demo data; the text says why."""


def require_demo() -> None:
    """Raise DemoRefused unless this is the embedded database, with the demo switched on."""
    if not settings.EMBEDDED:
        raise DemoRefused(
            "演示数据只写入 make run 内置的数据库；现在设定的是别的数据库，什么也没有写。"
            " Demo data go into the embedded database of `make run` only; nothing was written."
        )
    if not settings.DEMO:
        raise DemoRefused(
            "演示已关闭（COOPDESK_DEMO=0），什么也没有写。 The demo is switched off; nothing was written."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """An agency of the demo world: its code, and the words its stories use."""

    code: str
    city: str
    province: str


PLACES = {
    "kunshan": Place("320583000000", "昆山市", "江苏"),
    "suzhou": Place("320500000000", "苏州市", "江苏"),
    "jiangsu": Place("320000000000", "江苏省", "江苏"),
    "ruili": Place("533102000000", "瑞丽市", "云南"),
    "dehong": Place("533100000000", "德宏州", "云南"),
    "yunnan": Place("530000000000", "云南省", "云南"),
    "chaoyang": Place("110105000000", "北京市朝阳区", "北京"),
    "beijing": Place("110000000000", "北京市", "北京"),
    "guohe": Place("000000010000", "某市（虚构）", "某省（虚构）"),
}
# The long roads and the short one, each from where a case starts to the desk that sends it abroad.
_ROADS = (
    ("kunshan", "suzhou", "jiangsu", "guohe"),
    ("ruili", "dehong", "yunnan", "guohe"),
    ("chaoyang", "beijing", "guohe"),
)
ROADS = {road[start]: road[start:] for road in _ROADS for start in range(len(road))}

PARTS = {"officer": Role.DRAFTER, "desk": Role.DESK, "chief": Role.APPROVER}
SUPERVISED = ("jiangsu", "guohe")
# Stands for the API client where a log-in would stand for an officer.
CLIENT = "client"
ADMINISTRATORS = {"sysadmin": Role.SYSTEM_ADMIN, "secadmin": Role.SECURITY_ADMIN, "auditor": Role.AUDITOR}


def posts() -> dict[str, tuple[str, Role]]:
    """Every demo log-in, with its place and role, in the order in which they are shown."""
    found = {f"{place}.{part}": (place, role) for place in PLACES for part, role in PARTS.items()}
    found |= {f"{place}.supervisor": (place, Role.SUPERVISOR) for place in SUPERVISED}
    return found | {login: ("guohe", role) for login, role in ADMINISTRATORS.items()}


def chance(seed: object) -> Random:
    """Repeatable choices: the same seed tells the same story. Nothing here is a secret."""
    return Random(f"coopdesk-demo-{seed}")  # noqa: S311

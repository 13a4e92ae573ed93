"""What stands in the URL of a list: filters, search words, order, and the place from which a page starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.doors import paging
from agencies.errors import Malformed, Reason
from agencies.models import Agency
from agencies.queries import agency_by_code
from agencies.roles import Role
from cases.models import Direction, Status, Urgency
from cases.queries import choices
from cases.queries.queue import ABROAD, AGENCY, ALL, LATE, MINE, NEAR, VIEWS, Key, Wanted

SORTS = ("due", "filed")
FILTERS = ("direction", "status", "country", "type", "urgency", "origin", "q", "board")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list as asked for. `params` are its non-empty parts but for the page, for building links."""

    wanted: Wanted
    origin: Agency | None
    after: Key | None
    before: Key | None
    params: dict[str, str]

    @property
    def narrowed(self) -> bool:
        """Is any filter set besides the view and the tile?"""
        return any(self.params.get(name) for name in FILTERS)

    @property
    def exported(self) -> dict[str, str]:
        """The same list for its export, which knows nothing of a page's defaults."""
        whole = {"view": self.wanted.view, "when": self.wanted.when, "sort": self.wanted.sort}
        return {name: value for name, value in {**self.params, **whole}.items() if value}

    def link(self, **changes: str) -> str:
        """The query string of this list with `changes`; an empty value takes a part away, and the first page comes."""
        parts = {name: value for name, value in {**self.params, **changes}.items() if value}
        return f"?{urlencode(parts)}" if parts else "?"


def home_view(actor: Actor) -> str:
    """Where the workbench begins: a supervisor watches, everyone else has work."""
    return AGENCY if actor.role == Role.SUPERVISOR else MINE


def of_workbench(given: Mapping[str, str], actor: Actor) -> Asked:
    """The workbench's list; search words without a view look through everything open in sight."""
    default = AGENCY if given.get("q") else home_view(actor)
    reader = _Reader(given)
    view = reader.one_of("view", VIEWS) or default
    when = reader.one_of("when", (LATE, NEAR, ABROAD))
    sort = reader.one_of("sort", SORTS) or "due"
    return reader.asked(view=view, when=when, sort=sort)


def of_everything(given: Mapping[str, str]) -> Asked:
    """The list of all cases in sight: newest first, nothing else to choose."""
    return _Reader(given).asked(view=ALL, when="", sort="filed")


class _Reader:
    """Takes the known parts of a query string, and refuses with every fault at once what no list can mean."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.reasons: list[Reason] = []

    def text(self, name: str) -> str:
        return (self.given.get(name) or "").strip()

    def one_of(self, name: str, known: object) -> str:
        value = self.text(name)
        if value and value not in known:  # type: ignore[operator]
            self._fault(name, _("没有这个筛选条件。"))
            return ""
        return value

    def asked(self, *, view: str, when: str, sort: str) -> Asked:
        q = self.text("q")[:100]
        origin = self._origin()
        wanted = Wanted(
            view=view,
            when=when,
            sort=sort,
            direction=self.one_of("direction", Direction.values),
            status=self.one_of("status", Status.values),
            country=self.one_of("country", choices.countries() if self.text("country") else ()),
            type=self.one_of("type", choices.request_types() if self.text("type") else ()),
            urgency=self.one_of("urgency", Urgency.values),
            origin=origin.pk if origin else 0,
            q=q,
            board=self.one_of("board", ("1",) if view in (MINE, AGENCY) else ()),
        )
        after, before = self._key("after"), self._key("before")
        if self.reasons:
            raise Malformed(reasons=self.reasons)
        names = ("view", "when", "direction", "status", "country", "type", "urgency", "sort", "board")
        params = {name: self.text(name) for name in names} | {"origin": origin.code if origin else "", "q": q}
        return Asked(wanted=wanted, origin=origin, after=after, before=before, params=params)

    def _origin(self) -> Agency | None:
        code = self.text("origin")
        agency = agency_by_code(code) if code.isascii() and code.isdigit() else None
        if code and agency is None:
            self._fault("origin", _("没有这个机关。"))
        return agency

    def _key(self, name: str) -> Key | None:
        if not self.text(name):
            return None
        try:
            due, case = paging.decode(self.text(name), 2)
            at = datetime.fromisoformat(due)
            if at.tzinfo is None:
                raise ValueError(due)
            return at.astimezone(UTC), UUID(case)
        except (ValueError, OverflowError, Malformed):
            self._fault(name, _("翻页的位置无效，请从第一页重新开始。"))
            return None

    def _fault(self, name: str, words: str) -> None:
        self.reasons.append(Reason("bad_filter", words, f"/{name}"))


def place(key: Key | None) -> str:
    """A key as it stands in a link; '' for none."""
    return paging.encode([key[0].isoformat(), str(key[1])]) if key else ""

"""The auditor's page: the trail, newest first, and whether it is whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies import audit_log, audit_names, verification
from agencies.actors import Actor
from agencies.audit_log import Asked
from agencies.audit_names import Names
from agencies.commands.accounts import require
from agencies.doors import words
from agencies.doors.reading import Query
from agencies.models import AuditEvent
from agencies.roles import Role

PAGE = 50
# One bite of a verification: long enough to get on, short enough for a page.
BITE_SECONDS = 1.5
_WALK = "audit_walk"
_ROLES = dict(Role.choices)


@require_safe
def audit_log_page(request: HttpRequest) -> HttpResponse:
    """Events by filter, 50 to a page, keyset in both directions; reading is recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Role.AUDITOR)
    query = Query(request.GET)
    asked, shown = _asked(query)
    before, after = _position(query, "before"), _position(query, "after")
    query.check()
    found = audit_log.events(actor=actor, asked=asked)
    rows, older, newer = _page(found, before, after)
    audit_log.record_reading(actor=actor, asked=asked)
    state, names = audit_log.state(), audit_names.names_in(rows)
    context = {
        "rows": [_row(event, names) for event in rows],
        "state": state,
        "faults": _faults(state.last),
        "asked": shown,
        "narrowed": any(shown.values()),
        "kinds": _kinds(),
        "older": rows[-1].pk if older else "",
        "newer": rows[0].pk if newer else "",
    }
    return render(request, "agencies/audit_log.html", context)


def _asked(query: Query) -> tuple[Asked, dict[str, str]]:
    """The filters, and as they are shown again in the form."""
    kinds = {code for _family, options in _kinds() for code, _word in options}
    kind, officer = query.one_of("kind", {"", *kinds}), query.text("officer", 40)
    subject = query.text("subject", 81)
    about = subject if audit_log.SUBJECT.fullmatch(subject) else audit_names.subject_called(subject) if subject else ""
    if subject and not about:
        query.fault("bad_subject", _("没有这个案件编号或警号。"), "subject")
    since, until = _day(query, "since"), _day(query, "until")
    shown = {
        "kind": kind,
        "officer": officer,
        "subject": subject,
        "since": f"{since:%Y-%m-%d}" if since else "",
        "until": f"{until:%Y-%m-%d}" if until else "",
    }
    end = until + timedelta(days=1) if until else None
    return Asked(kind=kind, officer=officer, subject=about, since=since, until=end), shown


def _day(query: Query, name: str) -> datetime | None:
    """A day of the form; an empty field is no filter."""
    return query.moment(name) if query.text(name, 40) else None


def _position(query: Query, name: str) -> int | None:
    text = query.text(name, 18)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        query.fault("bad_cursor", _("翻页的位置无效，请从第一页重新开始。"), name)
        return None
    return int(text)


def _page(found: Any, before: int | None, after: int | None) -> tuple[list[AuditEvent], bool, bool]:
    """The rows, and whether there are older and newer ones."""
    if after is not None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        newer, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return rows, bool(rows), newer
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    older, rows = len(rows) > PAGE, rows[:PAGE]
    return rows, older, before is not None and bool(rows)


def _row(event: AuditEvent, names: Names) -> dict[str, Any]:
    return {
        "about": names.of_subject(event.subject),
        "client": names.of_subject(event.actor),
        "event": event,
        "doer": names.of_doer(event),
        "word": audit_log.KINDS.get(event.kind, event.kind),
        "seal": getattr(event, "seal", None),
        "role": _ROLES.get(event.role, event.role),
        "facts": [(name, names.of_fact(name, value) or _plain(name, value)) for name, value in event.facts.items()],
    }


def _faults(last: AuditEvent | None) -> list[tuple[str, str, int]]:
    """What the last verification found: words, code, where."""
    if last is None:
        return []
    return [(str(audit_log.FAULTS.get(code, code)), code, where) for code, where in last.facts.get("faults", [])]


def _plain(name: str, value: Any) -> str:
    """A fact as it is recorded; moments in the product's form, nothing as a dash."""
    if name in _MOMENTS and isinstance(value, str):
        return words.stamp(datetime.fromisoformat(value))
    if isinstance(value, list):
        return _("、").join(map(str, value)) or words.UNKNOWN
    return words.UNKNOWN if value is None else str(value)


_MOMENTS = frozenset({"starts_at", "ends_at", "since", "until"})


def _kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds by family, each family with a choice for all of it."""
    groups = []
    for family, word in audit_log.FAMILIES.items():
        own = [(code, str(name)) for code, name in audit_log.KINDS.items() if code.startswith(f"{family}.")]
        groups.append((str(word), [(f"{family}.*", _("%(family)s：全部") % {"family": word}), *own]))
    return groups


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Check the trail in bites: each POST goes a bite further, the page between shows how far and goes on by itself."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Role.AUDITOR)
    saved = request.session.get(_WALK)
    if request.method == "POST" and request.POST.get("act") == "stop":
        request.session.pop(_WALK, None)
        return redirect("audit-log")
    if request.method == "POST":
        walk = verification.resume(saved) if saved else verification.begin()
        if verification.advance(walk, seconds=BITE_SECONDS):
            request.session.pop(_WALK, None)
            audit_log.record_verification(actor=actor, report=walk.report)
            messages.info(request, _("校验完了，结果在下面。"))
            return redirect("audit-log")
        request.session[_WALK] = saved = walk.as_dict()
    if not saved:
        return redirect("audit-log")
    context = {"seq": saved["seq"], "until": saved["until"], "faults": len(saved["report"]["faults"])}
    return render(request, "agencies/audit_verify.html", context)

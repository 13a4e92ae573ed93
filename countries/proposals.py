"""What officers propose for a ledger, and what the ministry's desk does with it: accept by stating it, or answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import audit
from agencies.actors import Actor
from agencies.case_numbers import names_a_case
from agencies.errors import Conflict, FourEyes, Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Agency, AuditEvent
from agencies.moments import clock
from agencies.notices import in_office, tell
from agencies.plain_text import fits, says, visible
from agencies.roles import Role
from countries.facts import SOURCE_LIMIT
from countries.models import (
    Country,
    LedgerEntry,
    LedgerProposal,
    LedgerRecord,
    LedgerTopic,
    ProposalKind,
    ProposalState,
    RecordKind,
    Section,
    SectionCare,
)
from countries.policies import keeps_facts, proposes, require_keeper
from countries.section_care import owner_of

NO_CASE_NUMBER = gettext_lazy("案件编号不进台账。去掉编号，写进「案件编号」一栏。")
TEXT_LIMIT, ANSWER_LIMIT = 2000, 500
# Where a proposal is taken over: a value, a record, a section of a country; None: said elsewhere, for no value holds it.
Place = LedgerEntry | LedgerRecord | tuple[Country, str] | None
MADE, ACCEPTED, ANSWERED = "proposal.make", "proposal.accept", "proposal.answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """What is proposed: of a correction perhaps a topic, or a section as a whole. `case_number` is that of a case the
    proposer may see, as the door has checked."""

    country: Country
    kind: str
    text: str
    source: str
    section: str = ""
    topic: LedgerTopic | None = None
    about: str = ""
    case_number: str = ""

    @property
    def aim(self) -> str:
        """The section that it is about, "" where none was named."""
        if self.kind == ProposalKind.LESSON:
            return Section.LESSONS
        return self.topic.section if self.topic is not None else self.section


def proposals_for(actor: Actor) -> QuerySet[LedgerProposal]:
    """Those that the actor may see: all for the ministry's desk, else his own and those of his organ (the database says
    so too), newest first."""
    rows = LedgerProposal.objects.select_related("country", "topic", "proposed_by", "agency", "decided_by")
    if keeps_facts(actor):
        return rows
    mine = rows.filter(proposed_by=actor.officer_id)
    return mine if actor.case_agency_id is None else mine | rows.filter(agency=actor.case_agency_id)


def opened_with(actor: Actor, text: str, into: Place) -> LedgerProposal | None:
    """The open proposal whose number a link brings along to the place where it may be taken over; None for any other."""
    known = text.isascii() and text.isdecimal() and len(text) < 10
    row = proposals_for(actor).filter(pk=int(text), state=ProposalState.OPEN).first() if known else None
    return row if row is not None and _belongs(row, into) else None


def _belongs(row: LedgerProposal, into: Place) -> bool:
    """Is it about this value, a lesson for this record, about this section, or about nothing that the ledger holds?"""
    if into is None:
        return row.kind == ProposalKind.CORRECTION and row.topic_id is None and not row.section
    if isinstance(into, tuple):
        return (row.country_id, row.section) == (into[0].pk, into[1])
    if row.country_id != into.country_id:
        return False
    if isinstance(into, LedgerRecord):
        return row.kind == ProposalKind.LESSON and into.kind == RecordKind.LESSON
    return (row.kind, row.topic_id, row.about) == (ProposalKind.CORRECTION, into.topic_id, into.about)


def waiting_for(actor: Actor) -> QuerySet[LedgerProposal]:
    """What an officer of the ministry's desk has to decide, longest first: in the sections that he looks after, and, as
    its desk, in those that nobody does."""
    open_ones = proposals_for(actor).filter(state=ProposalState.OPEN).order_by("pk")
    cares = SectionCare.objects.filter(country=OuterRef("country"), section=OuterRef("section"))
    his = Q(Exists(cares.filter(owner__in=actor.hands)))
    return open_ones.filter(his | ~Exists(cares) if actor.role == Role.DESK else his)


def refuse(words: str, pointer: str) -> NoReturn:
    """Raise Malformed for one field."""
    raise Malformed(reasons=[Reason("not_usable", words, pointer)])


@transaction.atomic
def propose(*, actor: Actor, new: NewProposal) -> LedgerProposal:
    """Propose it. Raises NotPermitted for who does not work on cases, Malformed for the values."""
    if not proposes(actor):
        raise NotPermitted(_("更正和经验教训由办案的民警提出。"))
    text, source = new.text.strip(), " ".join(new.source.split())
    found = []
    if not (fits(text, TEXT_LIMIT) and visible(text)):
        words = _("写明应当是什么，最多 %(limit)s 个字。") % {"limit": TEXT_LIMIT}
        found.append(Reason("bad_text", words, "/text"))
    if not (fits(source, SOURCE_LIMIT) and visible(source) and says(source)):
        words = _("写明出处：从哪里查到的，最多 %(limit)s 个字。没有出处的不能录入。") % {"limit": SOURCE_LIMIT}
        found.append(Reason("bad_source", words, "/source"))
    found += [
        Reason("case_number", NO_CASE_NUMBER, f"/{name}")
        for name, words in (("text", text), ("source", source))
        if names_a_case(words)
    ]
    if new.topic is not None and new.topic.per_type != bool(new.about):
        found.append(Reason("type_missing", _("这一项按请求类型分开写：从那一类型的值打开，再提更正。"), "/topic"))
    if new.kind not in ProposalKind.values or new.aim not in ("", *Section.values):
        found.append(Reason("unknown_code", _("选一项。"), "/kind"))
    if found:
        raise Malformed(reasons=found)
    row = LedgerProposal.objects.create(
        country=new.country,
        kind=new.kind,
        section=new.aim,
        topic=new.topic if new.kind == ProposalKind.CORRECTION else None,
        about=new.about if new.topic is not None else "",
        text=text,
        source=source,
        case_number=new.case_number,
        proposed_by_id=actor.person_id,
        agency_id=actor.seat_id,
    )
    _record(actor, MADE, row)
    return row


@transaction.atomic
def answer(*, actor: Actor, proposal_id: int, words: str) -> LedgerProposal:
    """Say why it is not taken over. Raises NotPermitted, NotVisible, Malformed, Conflict when it has been decided."""
    require_keeper(actor)
    words = words.strip()
    if not fits(words, ANSWER_LIMIT):
        said = _("写明答复，最多 %(limit)s 个字。") % {"limit": ANSWER_LIMIT}
        raise Malformed(reasons=[Reason("bad_answer", said, "/answer")])
    return _decide(actor, proposal_id, ProposalState.ANSWERED, words)


@transaction.atomic
def accept(*, actor: Actor, proposal_id: int, into: Place) -> LedgerProposal:
    """It is stated in the ledger in this very transaction. Raises as `answer` does, and Conflict for another place than
    the one that it is about."""
    row = proposals_for(actor).filter(pk=proposal_id).first()
    if row is not None and not _belongs(row, into):
        raise Conflict(_("这条建议说的不是这里。从建议的页面打开要录入的地方。"))
    return _decide(actor, proposal_id, ProposalState.ACCEPTED, "")


def _decide(actor: Actor, proposal_id: int, state: ProposalState, words: str) -> LedgerProposal:
    require_keeper(actor)
    if proposals_for(actor).filter(pk=proposal_id, proposed_by__in=actor.hands).exists():
        raise FourEyes(_("自己提的建议由别人采纳或者答复。"))
    # Locked through what the web role may update.
    open_ones = LedgerProposal.objects.filter(pk=proposal_id, state=ProposalState.OPEN)
    decided = open_ones.update(state=state, answer=words, decided_by_id=actor.person_id, decided_at=clock())
    row = proposals_for(actor).filter(pk=proposal_id).first()
    if row is None:
        raise NotVisible
    if not decided:
        raise Conflict(_("这条建议已经答复过。"))
    _record(actor, ACCEPTED if state == ProposalState.ACCEPTED else ANSWERED, row)
    return row


def _record(actor: Actor, kind: str, row: LedgerProposal) -> None:
    facts = {"country": row.country.code, "section": row.section, "kind": row.kind, "proposer": row.proposed_by_id}
    audit.record(actor=actor, kind=kind, subject=f"proposal:{row.pk}", facts=facts)


def notify(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """A proposal is told to the owner of its section, without one to the ministry's desk; its decision to who made it."""
    if event.kind != MADE:
        tell(event, [event.facts["proposer"]])
        return
    if owner := owner_of(event.facts["country"], event.facts.get("section", "")):
        tell(event, owner)
        return
    desks = Agency.objects.filter(is_terminal=True).values_list("pk", flat=True)
    tell(event, {officer for pk in desks for officer in in_office(pk, Role.DESK)} - {event.officer_id or 0})

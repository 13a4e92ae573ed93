"""Loading the law and the registry again: what differs from the seeds is mended, what officers said stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from countries import facts
from countries.models import Country, FactChange
from tests.cast import Cast
from treaties.instrument_commands import NewInstrument, add_instrument
from treaties.instrument_seed import load_registry
from treaties.models import Channel, Instrument, Party, Provision, ReturnReason, TypeLaw
from treaties.seed import load_treaties
from treaties.withdrawing import withdraw

pytestmark = pytest.mark.usefixtures("as_loader")
SAID: Any = {"source": "【演示】条约数据库", "as_of": date(2026, 11, 1)}


def test_loading_again_changes_nothing() -> None:
    before = FactChange.objects.count()
    assert [(tally.created, tally.changed) for tally in load_registry()] == [(0, 0)] * 3
    for tally in load_treaties():
        assert (tally.created, tally.changed, tally.absent) == (0, 0, 0)
    assert FactChange.objects.count() == before


def test_loading_mends_what_differs() -> None:
    Channel.objects.filter(code="interpol").update(name_zh="错")
    TypeLaw.objects.filter(request_type__code="mla_evidence_out").update(data={})
    ReturnReason.objects.filter(code="other").delete()
    changes = {tally.table: (tally.created, tally.changed) for tally in load_treaties()}
    assert changes["treaties.Channel"] == (0, 1)
    assert changes["treaties.TypeLaw"] == (0, 1)
    assert changes["treaties.ReturnReason"] == (1, 0)


def test_what_officers_corrected_entered_and_withdrew_stays(cast: Cast) -> None:
    desk, thailand = cast.actor("guohe.desk"), Country.objects.get(code="TH")
    treaty = Instrument.objects.get(code="EXTRADITION-TH")
    covered = Provision.objects.get(instrument=treaty, family="extradition")
    part = Party.objects.get(instrument__code="UNTOC", country=thailand)
    facts.correct(actor=desk, row=treaty, field="signed_on", value=date(1993, 8, 27), **SAID)
    facts.correct(actor=desk, row=covered, field="language", value="泰文", **SAID)
    promise: Any = {"kind": "reciprocity_received", "country": thailand, "stated": "in_force", **SAID}
    added = add_instrument(actor=desk, new=NewInstrument(title_zh="【演示】承诺", **promise))
    withdraw(actor=desk, row=part, reason="【演示】录错了国家")
    assert [tally.changed for tally in load_registry()] == [0, 0, 0]
    for row in (treaty, covered, part, added):
        row.refresh_from_db()
    assert (treaty.signed_on, covered.language, added.title_zh) == (date(1993, 8, 27), "泰文", "【演示】承诺")
    assert part.withdrawn_at is not None


def test_a_version_of_the_ministry_stays_and_is_never_changed(cast: Cast) -> None:
    first = TypeLaw.objects.get(request_type__code="mla_evidence_out", number=1)
    more: Any = {"number": 2, "effective_from": date(2027, 1, 1), "entered_by_id": cast.officer("guohe.desk").pk}
    row = TypeLaw.objects.create(request_type=first.request_type, data=first.data | {"x": 1}, source="公报", **more)
    for tally in load_treaties():
        assert (tally.created, tally.changed) == (0, 0)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        TypeLaw.objects.filter(pk=row.pk).update(data={})
    row.refresh_from_db()
    assert row.data["x"] == 1

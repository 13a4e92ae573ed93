"""The treaty registry: loaded with every flag it was collected with, standing on any day, bases of a request."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agencies.errors import Conflict, Malformed
from agencies.models import AuditEvent
from agencies.scope import acting
from agencies.seeding import rows_of
from countries import facts
from countries.facts import Origin
from countries.models import Country, FactChange
from tests.cast import Cast
from tests.ledgers import done
from treaties.instrument_seed import bilateral_code
from treaties.legal_basis import Basis, legal_basis_for
from treaties.models import Instrument, Party, Provision, RequestType, Standing
from treaties.standing import Side, one_side_on, pair_on, standing_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def bases(code: str, kind: str, on: date = TODAY) -> list[Basis]:
    return legal_basis_for(Country.objects.get(code=code), RequestType.objects.get(code=kind), on)


def told(found: list[Basis]) -> list[tuple[str, str, str]]:
    return [(basis.kind, basis.instrument.code if basis.instrument else "", basis.standing.value) for basis in found]


# --- Loading ---------------------------------------------------------------------------------------------------------


def test_everything_is_there() -> None:
    assert Instrument.objects.filter(kind="multilateral").count() == 36
    assert Instrument.objects.exclude(parties=None).exclude(kind="multilateral").count() == 150
    # 11 conventions and INTERPOL for 194 partners (China is no partner of ours), 150 bilateral.
    assert Party.objects.count() == 12 * 194 + 150


FLAGS = {
    "signed_on": ("signed_date", "signed_conf"),
    "signed_partial": ("signed_partial", "signed_conf"),
    "adopted_place": ("signed_place", "signed_place_conf"),
    "ratified_on": ("china_ratified_date", "china_ratified_conf"),
    "in_force_on": ("in_force_date", "in_force_conf"),
}


def test_no_confidence_of_a_bilateral_treaty_is_lost() -> None:
    rows = {row.code: row for row in Instrument.objects.all()}
    for seed in rows_of("treaties_bilateral.csv"):
        held = rows[bilateral_code(seed)]
        for field, (column, flag) in FLAGS.items():
            assert str(getattr(held, field) or "") == seed[column]
            said = held.provenance.get(field)
            assert (said["confidence"] if said else "") == (seed[flag] if seed[column] else ""), (held.code, field)
        assert held.provenance["stated"]["confidence"] == seed["status_conf"]
        assert held.provenance["stated"]["as_of"] == (seed["status_as_of"] or "2026-11-21")


def test_every_statement_says_when_it_was_found() -> None:
    rows = [*Instrument.objects.all(), *Party.objects.all()]
    assert [str(row) for row in rows if row.stated and not row.provenance["stated"]["as_of"]] == []


def test_no_confidence_of_a_party_is_lost() -> None:
    held = {
        (row.instrument.code, row.country.code): row for row in Party.objects.select_related("instrument", "country")
    }
    for seed in rows_of("treaties_parties.csv"):
        if seed["iso2"] == "CN":
            continue
        party = held[seed["treaty_code"], seed["iso2"]]
        assert str(party.joined_on or "") == seed["party_date"]
        assert party.provenance["stated"]["confidence"] == seed["confidence"]
        assert party.provenance["stated"]["as_of"] == seed["status_as_of"]


def test_the_database_refuses_a_value_without_a_source(cast: Cast) -> None:
    row = Instrument.objects.get(code="UNTOC")
    row.provenance = {name: said for name, said in row.provenance.items() if name != "in_force_on"}
    with pytest.raises(IntegrityError, match="has no source"), acting(cast.actor("guohe.desk")):
        row.save()
    row.in_force_on = None
    with acting(cast.actor("guohe.desk")):
        row.save()


# --- An officer's word -----------------------------------------------------------------------------------------------


def correct(cast: Cast, row: Any, field: str, value: Any, **changes: Any) -> None:
    said = {"source": "【演示】条约数据库", "as_of": date(2026, 11, 1)} | changes
    done(facts.correct, actor=cast.actor("guohe.desk"), row=row, field=field, value=value, **said)


def test_a_confirmed_value_is_settled_and_its_history_stays(cast: Cast) -> None:
    row = Instrument.objects.get(code="EXTRADITION-TH")
    was = facts.origin_of(row, "adopted_place")
    assert was == Origin(source="recollection", as_of="2026-11-21", confidence="recollection")
    assert "adopted_place" in facts.unsettled(row)
    correct(cast, row, "adopted_place", "北京")
    assert "adopted_place" not in facts.unsettled(row)
    correct(cast, row, "signed_on", date(1993, 8, 27))
    row.refresh_from_db()
    assert row.signed_on == date(1993, 8, 27)
    kept = FactChange.objects.filter(subject=row.subject, field="signed_on").first()
    assert kept is not None
    assert (kept.before["value"], kept.after["value"]) == ("1993-08-26", "1993-08-27")
    assert kept.officer_id == cast.officer("guohe.desk").pk
    events = AuditEvent.objects.filter(kind="fact.correct").order_by("-id")
    assert [event.facts["confirmed"] for event in events[:2]] == [False, True]


@pytest.mark.parametrize(
    ("changes", "pointer"), [({"source": " "}, "/source"), ({"as_of": date(2999, 1, 1)}, "/as_of")]
)
def test_without_a_source_or_from_the_future_nothing_is_entered(cast: Cast, changes: Any, pointer: str) -> None:
    row = Instrument.objects.get(code="EXTRADITION-TH")
    with pytest.raises(Malformed) as error:
        correct(cast, row, "adopted_place", "曼谷", **changes)
    assert [reason.pointer for reason in error.value.reasons] == [pointer]
    assert Instrument.objects.get(code="EXTRADITION-TH").adopted_place == "北京"


def test_the_same_word_twice_is_no_change(cast: Cast) -> None:
    row = Instrument.objects.get(code="EXTRADITION-TH")
    correct(cast, row, "adopted_place", "北京")
    with pytest.raises(Conflict):
        correct(cast, row, "adopted_place", "北京")


def test_in_force_before_it_was_signed_is_refused_by_the_table(cast: Cast) -> None:
    row = Instrument.objects.get(code="EXTRADITION-TH")
    with pytest.raises(IntegrityError, match="signed_before_in_force"), transaction.atomic():
        correct(cast, row, "in_force_on", date(1990, 1, 1))


# --- Standing --------------------------------------------------------------------------------------------------------

D = date
SIGNED_THEN_FORCE = Side(signed_on=D(2000, 1, 10), in_force_on=D(2002, 3, 1))
STATED = Side(signed_on=D(2010, 5, 1), stated="in_force", stated_as_of=D(2018, 9, 30))
PENDING = Side(signed_partial="2016", stated="signed", stated_as_of=D(2023, 1, 31))
ACCEDED = Side(joined_on=D(2005, 6, 1), stated="in_force", stated_as_of=D(2014, 1, 31))
ENDED = Side(signed_on=D(2000, 1, 10), in_force_on=D(2002, 3, 1), terminated_on=D(2020, 1, 1))


@pytest.mark.parametrize(
    ("side", "on", "standing"),
    [
        (SIGNED_THEN_FORCE, D(1999, 12, 31), "none"),
        (SIGNED_THEN_FORCE, D(2000, 1, 10), "signed"),
        (SIGNED_THEN_FORCE, D(2002, 2, 28), "signed"),
        (SIGNED_THEN_FORCE, D(2002, 3, 1), "in_force"),
        # In force when somebody looked; when it began is not known.
        (STATED, D(2010, 4, 30), "none"),
        (STATED, D(2012, 1, 1), "unknown"),
        (STATED, D(2018, 9, 30), "in_force"),
        (STATED, TODAY, "in_force"),
        # Signed on some day of 2016.
        (PENDING, D(2015, 12, 31), "none"),
        (PENDING, D(2016, 7, 1), "unknown"),
        (PENDING, D(2017, 1, 1), "signed"),
        (PENDING, TODAY, "signed"),
        # Who accedes is bound some time after the deposit.
        (ACCEDED, D(2005, 5, 31), "none"),
        (ACCEDED, D(2005, 6, 15), "unknown"),
        (ACCEDED, D(2005, 8, 30), "in_force"),
        (ENDED, D(2019, 12, 31), "in_force"),
        (ENDED, D(2020, 1, 1), "terminated"),
        (Side(stated="none", stated_as_of=D(2014, 1, 31)), TODAY, "none"),
        (Side(stated="unknown"), TODAY, "unknown"),
        # What nobody dated holds on no day.
        (Side(stated="in_force"), TODAY, "unknown"),
        (Side(stated="signed"), TODAY, "unknown"),
        (Side(signed_on=D(2009, 6, 16), stated="in_force"), TODAY, "unknown"),
        (Side(), TODAY, "unknown"),
    ],
)
def test_standing_on_a_day(side: Side, on: date, standing: str) -> None:
    assert standing_of(side, on).standing == standing


def test_a_convention_without_a_day_of_force_stands_from_the_day_it_was_found() -> None:
    sco = Instrument.objects.get(code="SCO-CT-2009")
    standings = [one_side_on(sco, day).standing.value for day in (D(2009, 6, 15), D(2012, 1, 1), TODAY)]
    assert standings == ["none", "unknown", "in_force"]


def test_of_two_sides_the_weaker_counts() -> None:
    untoc = Instrument.objects.get(code="UNTOC")
    thai = Party.objects.get(instrument=untoc, country__code="TH")
    assert thai.joined_on == date(2013, 10, 17)
    assert pair_on(untoc, thai, date(2013, 10, 16)).standing == Standing.SIGNED
    assert pair_on(untoc, thai, TODAY).standing == Standing.IN_FORCE
    smuggling = Instrument.objects.get(code="UNTOC-SOM")
    assert pair_on(
        smuggling, Party.objects.filter(instrument=smuggling, joined_on__isnull=False)[0], TODAY
    ).standing == (Standing.NONE)
    assert pair_on(untoc, None, TODAY).standing == Standing.UNKNOWN


# --- Legal bases -----------------------------------------------------------------------------------------------------


def test_a_treaty_in_force_comes_first_then_conventions_then_the_statute() -> None:
    found = told(bases("TH", "extradition_out"))
    assert found[0] == ("treaty", "EXTRADITION-TH", "in_force")
    assert ("multilateral", "UNTOC", "in_force") in found
    assert found.index(("multilateral", "UNTOC", "in_force")) < found.index(("statute", "EXT", "in_force"))
    assert "reciprocity" not in {kind for kind, _code, _standing in found}


def test_a_treaty_that_is_only_signed_leaves_reciprocity() -> None:
    found = bases("AU", "extradition_out")
    assert told(found)[-1] == ("treaty", "EXTRADITION-AU", "signed")
    promise = next(basis for basis in found if basis.kind == "reciprocity")
    assert promise.standing == Standing.NONE
    assert [need.article for need in promise.needs] == ["EXT-3.1", "EXT-4.1", "EXT-49"]


def test_reciprocity_asks_for_what_a_statute_in_force_that_day_asks_for() -> None:
    found = bases("TH", "extradition_out", date(1995, 1, 1))
    assert not [basis for basis in found if basis.kind == "reciprocity"]
    first = bases("AU", "extradition_out", date(2000, 12, 28))
    promise = next(basis for basis in first if basis.kind == "reciprocity")
    statute = next(basis for basis in first if basis.instrument and basis.instrument.code == "EXT")
    assert promise.articles == ("EXT-3.1", "EXT-4.1", "EXT-49")
    assert (promise.sources, promise.confidence) == (statute.sources, statute.confidence)


def test_before_its_day_a_treaty_is_no_basis() -> None:
    assert ("treaty", "EXTRADITION-TH", "signed") in told(bases("TH", "extradition_out", date(1999, 3, 6)))
    assert ("treaty", "EXTRADITION-TH", "in_force") in told(bases("TH", "extradition_out", date(1999, 3, 7)))
    assert "EXTRADITION-TH" not in {
        code for _kind, code, _standing in told(bases("TH", "extradition_out", D(1993, 1, 1)))
    }


def test_without_any_treaty_evidence_rests_on_the_statute_and_reciprocity() -> None:
    assert not Instrument.objects.filter(parties__country__code="BI").exclude(kind="multilateral").exists()
    found = bases("BI", "mla_evidence_out")
    assert {basis.kind for basis in found if basis.usable} == {"multilateral", "statute", "reciprocity"}
    promise = next(basis for basis in found if basis.kind == "reciprocity")
    assert [need.article for need in promise.needs] == ["IMLA-4.1", "IMLA-5.3"]
    statute = next(basis for basis in found if basis.kind == "statute")
    assert statute.articles[0].startswith(f"{statute.instrument.code}-") if statute.instrument else False


def test_a_statute_stands_as_the_registry_says_it_stands() -> None:
    def statutes(on: date) -> dict[str, str]:
        found = bases("TH", "mla_evidence_out", on)
        return {one.instrument.code: one.standing.value for one in found if one.kind == "statute" and one.instrument}

    assert set(statutes(TODAY).values()) == {"in_force"}
    assert "IMLA" not in statutes(date(2018, 10, 25))
    assert statutes(date(2018, 10, 26))["IMLA"] == "in_force"
    # In force when it was collected; since when, its text does not say.
    assert statutes(date(2026, 11, 20))["MPSR"] == "unknown"
    for code, standing in statutes(date(2019, 1, 1)).items():
        assert one_side_on(Instrument.objects.get(code=code), date(2019, 1, 1)).standing == standing


def test_what_is_not_known_to_be_in_force_comes_last() -> None:
    found = bases("TH", "mla_evidence_out", date(2019, 1, 1))
    sure = [basis.usable for basis in found]
    assert sure == sorted(sure, reverse=True)


def test_a_treaty_on_certain_crimes_leaves_the_others_to_reciprocity() -> None:
    found = bases("KZ", "police_cooperation_out")
    (treaty,) = (one for one in found if one.kind == "treaty" and one.standing == Standing.IN_FORCE)
    assert treaty.limited_to == "恐怖主义、分裂主义、极端主义"
    assert any(one.kind == "reciprocity" for one in found)


def test_every_convention_says_which_crimes_it_helps_against() -> None:
    for provision in Provision.objects.filter(instrument__kind="multilateral").exclude(instrument__code="INTERPOL"):
        assert provision.limited_to, provision
        assert provision.articles, provision


def test_every_basis_of_every_country_has_a_confidence(django_assert_max_num_queries: Any) -> None:
    extradition = RequestType.objects.get(code="extradition_out")
    for country in Country.objects.filter(is_partner=True):
        with django_assert_max_num_queries(6):
            found = legal_basis_for(country, extradition, TODAY)
        assert all(basis.confidence and basis.sources for basis in found), country
        assert any(basis.usable for basis in found)

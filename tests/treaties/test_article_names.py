"""The names of articles, as letters cite them."""

from __future__ import annotations

import pytest

from agencies.seeding import rows_of, yaml_of
from treaties.article_names import article_name, article_names, numeral
from treaties.queries.lists import entries
from treaties.queries.own_words import own_words
from treaties.queries.type_lines import lines_of
from treaties.type_law import laws_on

pytestmark = pytest.mark.django_db


def test_numerals_as_statutes_write_them() -> None:
    assert [numeral(n) for n in (1, 10, 11, 20, 101, 110, 111, 374, 380)] == [
        "一",
        "十",
        "十一",
        "二十",
        "一百零一",
        "一百一十",
        "一百一十一",
        "三百七十四",
        "三百八十",
    ]


def test_the_names_of_the_data_are_what_would_be_written() -> None:
    names = article_names()
    for law in laws_on():
        for entry in (one for one in entries(law.data) if "cite_zh" in one):
            without = {cite: name for cite, name in names.items() if cite != entry["cite"]}
            one_paragraph = entry["cite"].count(".") > 0 and "款" not in entry["cite_zh"]
            assert one_paragraph or article_name(entry["cite"], without) == entry["cite_zh"]
    assert article_name("EXT-8.1.9", names) == "《引渡法》第八条第九项"


@pytest.mark.parametrize("cite", ["", "IMLA", "IMLA-", "IMLA-0", "IMLA-1.2.3.4", "XYZ-1", "imla-1", "IMLA-1 "])
def test_what_is_no_article_has_no_name(cite: str) -> None:
    assert article_name(cite, article_names()) == ""


def test_every_line_has_words_of_ours() -> None:
    """Contents and attachments are named as the form names them; of everything else no sentence of the law is shown."""
    data = yaml_of("requirements.yaml")["request_types"]
    own = [line for law in data for lines in lines_of(law).values() for line in lines]
    silent = {line.section for line in own if not own_words(line.entry)}
    assert silent <= {"legal_basis", "channel", "required_contents", "authority_chain", "approval", "time_limits"}


def test_the_words_are_each_for_a_line_that_is_there() -> None:
    law = yaml_of("requirements.yaml")["request_types"]
    keyed = {(entry.get("key"), entry["cite"]) for entry in entries(law)}
    assert {(row["key"], row["article"]) for row in rows_of("rule_words.csv")} <= keyed
    assert all(row["en"].isascii() for row in rows_of("law_words.csv"))

"""Foreign notations become CUSTOM_PARAMETER; types follow from what a parameter meets."""

# ruff: noqa: E501 - a case is a line

import pytest

from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.library.conversion import convert
from metatron.apps.amc.library.detection import detect


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("a = {{p}}", "a = CUSTOM_PARAMETER('p')"),
        ("a = '{{ p }}'", "a = CUSTOM_PARAMETER('p')"),
        ("a = :p AND b = $p", "a = CUSTOM_PARAMETER('p') AND b = CUSTOM_PARAMETER('p')"),
        ("a = ${p}", "a = CUSTOM_PARAMETER('p')"),
        ("a IN ({{p}})", "CONTAINED_IN(a, CUSTOM_PARAMETER('p'))"),
        ("t.a NOT IN :p", "NOT CONTAINED_IN(t.a, CUSTOM_PARAMETER('p'))"),
        ("LOWER(t.a) IN ($p)", "CONTAINED_IN(LOWER(t.a), CUSTOM_PARAMETER('p'))"),
        ("a IN ({{p}}, {{q}})", "a IN (CUSTOM_PARAMETER('p'), CUSTOM_PARAMETER('q'))"),
        ("a LIKE '%{{p}}%'", "a LIKE CONCAT('%', CUSTOM_PARAMETER('p'), '%')"),
        ("a = 'it''s {{p}}'", "a = CONCAT('it''s ', CUSTOM_PARAMETER('p'))"),
        ("(VALUES {{p}})", "(SELECT EXPLODE(CUSTOM_PARAMETER('p')) AS value)"),
        ("(VALUES ({{p}}))", "(SELECT EXPLODE(CUSTOM_PARAMETER('p')) AS value)"),
        ("(VALUES ({{p}}), ({{q}}))", "(VALUES (CUSTOM_PARAMETER('p')), (CUSTOM_PARAMETER('q')))"),
        ("a BETWEEN :p AND :q", "a BETWEEN CUSTOM_PARAMETER('p') AND CUSTOM_PARAMETER('q')"),
        (
            "a::INT = 1 AND b = '12:30' AND c = '$p :p'",
            "a::INT = 1 AND b = '12:30' AND c = '$p :p'",
        ),
        ("a = 1 -- {{p}} :p\n/* $p */", "a = 1 -- {{p}} :p\n/* $p */"),
        ("CUSTOM_PARAMETER('p') = a", "CUSTOM_PARAMETER('p') = a"),
    ],
)
def test_a_notation_is_converted(given: str, made: str) -> None:
    assert convert(given).sql == made
    assert convert(made).sql == made


def test_a_table_is_kept_to_be_chosen() -> None:
    found = detect("SELECT COUNT(*) AS n FROM {{table}} WHERE campaign = {{c}}")
    assert "FROM {{table}}" in found.sql
    assert "table" in found.notes[0]
    assert [(each.name, each.kind) for each in found.parameters] == [
        ("c", "plain"), ("table", "table"),
    ]  # fmt: skip
    options = found.parameters[1].options or ()
    assert "dsp_views" in options
    assert "conversions" not in options, "it has no column of that name"
    again = detect(found.sql, found.parameters)
    assert (again.sql, again.parameters) == (found.sql, found.parameters)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("SELECT 1 FROM :t", "SELECT 1 FROM {{t}}"),
        ("SELECT 1 FROM a JOIN ${t} x ON a.b = x.b", "SELECT 1 FROM a JOIN {{t}} x ON a.b = x.b"),
        (
            "SELECT 1 FROM TABLE(EXTEND_TIME_WINDOW('{{ t }}', 'P28D', 'P0D'))",
            "SELECT 1 FROM TABLE(EXTEND_TIME_WINDOW('{{t}}', 'P28D', 'P0D'))",
        ),
    ],
)
def test_a_macro_of_a_table_has_one_notation(given: str, made: str) -> None:
    assert convert(given).sql == made
    assert convert(made).sql == made
    assert list(convert(made).tables) == ["t"]


@pytest.mark.parametrize(
    ("condition", "type_name", "kind"),
    [
        ("tracked_asin IN ({{p}})", "ARRAY<STRING>", "asin_list"),
        ("campaign IN ({{p}})", "ARRAY<STRING>", "campaign_list"),
        ("campaign_id IN ({{p}})", "ARRAY<LONG>", "campaign_list"),
        ("ARRAY_CONTAINS({{p}}, campaign)", "ARRAY<STRING>", "campaign_list"),
        ("campaign_id = {{p}}", "LONG", "plain"),
        ("campaign LIKE {{p}}", "STRING", "like"),
        ("impressions >= {{p}}", "LONG", "threshold"),
        ("impression_dt_utc >= {{p}}", "TIMESTAMP", "date"),
        ("impression_date_utc BETWEEN {{p}} AND {{p}}", "DATE", "date"),
        ("campaign = {{p}}", "STRING", "plain"),
        ("SECONDS_BETWEEN(impression_dt_utc, impression_dt_utc) <= {{p}}", "LONG", "threshold"),
        ("CAST({{p}} AS DATE) = impression_date_utc", "DATE", "date"),
        ("is_amazon_owned = {{p}}", "BOOLEAN", "plain"),
    ],
)
def test_the_type_follows_from_the_context(condition: str, type_name: str, kind: str) -> None:
    text = f"SELECT COUNT(*) AS n FROM dsp_impressions i WHERE {condition}"
    found = detect(text.replace("tracked_asin", "creative_asin"))
    assert [(each.name, each.type_name, each.kind) for each in found.parameters] == [
        ("p", type_name, kind)
    ]


def test_a_name_does_not_beat_the_context() -> None:
    """A parameter called asins that is compared as a number is a number."""
    text = "SELECT COUNT(*) AS n FROM dsp_views WHERE campaign_id = {{asins}}"
    assert detect(text).parameters[0].type_name == "LONG"


def test_what_is_declared_stays_and_the_result_passes_the_check() -> None:
    declared = [Parameter(name="c", list=True, label="Mine", default=["x"]), Parameter(name="old")]
    text = "SELECT campaign, COUNT(*) AS n FROM dsp_views WHERE campaign IN ({{c}}) AND events > :n GROUP BY 1"
    found = detect(text, declared)
    assert [each.name for each in found.parameters] == ["c", "n", "old"]
    assert found.parameters[0] is declared[0]
    types = {each.name: each.type_name for each in found.parameters if each.name != "old"}
    assert not check(found.sql, Checking(types)).report.findings


def test_a_draft_that_cannot_be_parsed_is_converted_too() -> None:
    found = detect("SELECT {{a}}, FROM WHERE x IN ({{b}}")
    assert [each.name for each in found.parameters] == ["a", "b"]

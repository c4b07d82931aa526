"""Completion: in finished and half-typed queries, `|` marks the cursor."""

# ruff: noqa: E501 - a case is a line

import pytest

from metatron.apps.amc.language.functions import FUNCTIONS, SPECIAL
from metatron.apps.amc.schema.loading import facts
from metatron.apps.amc.workbench.completing import Completion, complete
from metatron.apps.amc.workbench.documents import functions


def at(marked: str) -> Completion:
    offset = marked.index("|")
    return complete(marked.replace("|", "", 1), offset, facts())


def labels(marked: str) -> list[str]:
    return [each.label for each in at(marked).items]


def test_a_beginning_offers_the_tables_that_begin_so() -> None:
    dsp = sorted(name for name in facts().tables if name.startswith("dsp_"))
    assert len(dsp) >= 5
    for text in ("dsp_|", "SELECT dsp_|", "SELECT a FROM dsp_|", "SELECT a FROM x JOIN DSP_|"):
        assert labels(text) == dsp, text
    found = at("SELECT a FROM dsp_im|pre")
    assert ("SELECT a FROM dsp_impre"[found.start : found.end]) == "dsp_impre"


def test_after_where_the_columns_of_the_source_come_first() -> None:
    columns = list(facts().tables["dsp_clicks"].columns)
    assert labels("SELECT campaign FROM dsp_clicks WHERE |")[: len(columns)] == columns
    offered = at("SELECT campaign FROM dsp_clicks WHERE |").items[0]
    assert offered.kind == "column"
    assert "LOW" in offered.documentation


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("|", ["SELECT", "WITH"]),
        ("WITH t AS (SELECT user_id, COUNT(*) AS seen FROM dsp_views GROUP BY 1) SELECT | FROM t", ["user_id", "seen"]),
        ("WITH t (who, n) AS (SELECT user_id, COUNT(*) FROM dsp_views GROUP BY 1) SELECT t.|", ["who", "n"]),
        ("SELECT x.| FROM (SELECT campaign AS c, 1 AS one FROM dsp_views) AS x", ["c", "one"]),
        ("WITH a AS (SELECT 1 AS p), b AS (SELECT * FROM a) SELECT | FROM b", ["p"]),
        ("WITH a AS (SELECT 1 AS p UNION ALL SELECT 2) SELECT a.| FROM a WHERE (", ["p"]),
        ("WITH later AS (SELECT 1 AS p), b AS (SELECT x FROM |", ["later"]),
        ("SELECT a FROM dsp_views |", ["WHERE", "GROUP BY"]),
        ("SELECT campaign AS kampagne, COUNT(*) FROM dsp_views GROUP BY kam|", ["kampagne"]),
        ("SELECT COUNT(DISTINCT v.user_i|) FROM dsp_views v", ["user_id", "user_id_type"]),
        ("SELECT seconds_|", ["SECONDS_BETWEEN"]),
        ("SELECT CUSTOM_PARAMETER('as|') FROM t WHERE CONTAINED_IN(a, CUSTOM_PARAMETER('asins'))", ["asins"]),
        ("SELECT BUILT_IN_PARAMETER('|')", ["TIME_WINDOW_START", "TIME_WINDOW_END"]),
        ("SELECT 1 FROM TABLE(EXTEND_TIME_WINDOW('conversions_|', 'P1D', 'P0D')) t", ["conversions_all", "conversions_with_relevance"]),
        ("SELECT t.campaign_pri| FROM TABLE(EXTEND_TIME_WINDOW('dsp_views', 'P1D', 'P0D')) t", ["campaign_primary_goal"]),
    ],
)  # fmt: skip
def test_what_is_offered_first(text: str, first: list[str]) -> None:
    assert labels(text)[: len(first)] == first


def test_a_named_query_is_not_offered_before_it_is_written() -> None:
    assert "later" not in labels("WITH a AS (SELECT 1 FROM |), later AS (SELECT 2) SELECT 3")


def test_nothing_is_offered_in_comments_and_plain_texts() -> None:
    for text in ("SELECT 1 -- FROM |", "SELECT /* dsp_| */ 1", "SELECT 'dsp_|'", "SELECT 'dsp_|"):
        assert labels(text) == [], text


def test_columns_of_two_sources_are_told_apart() -> None:
    found = labels("SELECT camp| FROM dsp_views v JOIN dsp_clicks c ON v.user_id = c.user_id")
    assert {"v.campaign", "c.campaign"} <= set(found)
    assert "campaign" not in found


def test_every_function_is_documented() -> None:
    named = {each["name"]: each for each in functions()}
    assert len(named) == len(functions())
    missing = (set(FUNCTIONS) | SPECIAL) - set(named)
    assert not missing
    assert set(named) - set(FUNCTIONS) - SPECIAL == {
        "CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "IF", "CURRENT_DATE", "CURRENT_TIMESTAMP",
    }  # fmt: skip
    assert all(each["signature"].startswith(name) for name, each in named.items())


def test_every_cursor_of_a_query_is_answered() -> None:
    text = "WITH t AS (SELECT a.b, 'x' FROM dsp_views a -- c\n) SELECT t.b, SUM((1)) FROM t WHERE ("
    for offset in range(len(text) + 1):
        found = complete(text, offset, facts())
        assert 0 <= found.start <= offset <= found.end <= len(text) or not found.items
    for end in range(len(text)):
        complete(text[:end], end, facts())


@pytest.mark.parametrize(
    "marked",
    [
        "SELECT | FROM {{ source }}",
        "SELECT s.| FROM {{source}} AS s WHERE campaign = 'x'",
        "SELECT | FROM TABLE(EXTEND_TIME_WINDOW('{{source}}', 'P7D', 'P0D'))",
    ],
)
def test_a_table_that_is_chosen_has_its_columns(marked: str) -> None:
    offset, text = marked.index("|"), marked.replace("|", "", 1)
    columns = list(facts().tables["dsp_clicks"].columns)
    items = complete(text, offset, facts(), tables={"source": "dsp_clicks"}).items
    assert [each.label for each in items][: len(columns)] == columns
    assert complete(text, offset, facts()).items != items

"""Tables to be filled in: {{source}} where AMC has no parameter, read from the parse tree."""

import pytest

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.language.dialect import with_tables
from metatron.apps.amc.language.findings import Span

SQL = "SELECT campaign, COUNT(*) AS n FROM {{source}} AS s GROUP BY 1"
EXTENDED = SQL.replace("{{source}}", "TABLE(EXTEND_TIME_WINDOW('{{ source }}', 'P7D', 'P0D'))")


@pytest.mark.parametrize("sql", [SQL, EXTENDED])
def test_a_query_is_checked_with_its_table(sql: str) -> None:
    checked = check(sql, Checking(tables={"source": "dsp_clicks"}))
    assert checked.report.findings == []
    assert checked.bound is not None
    assert [each.table.name for each in checked.bound.readings] == ["dsp_clicks"]
    missing = check(sql, Checking(tables={"source": "dsp_klicks"})).report.findings
    assert [each.code for each in missing] == ["AMC001"]


def test_without_a_table_it_is_said_where_one_is_missing() -> None:
    (found,) = check(SQL, Checking()).report.findings
    start = SQL.index("{{")
    assert (found.code, found.span) == ("AMC010", Span(start, start + len("{{source}}")))


def test_findings_behind_a_macro_stand_where_they_stand() -> None:
    sql = SQL.replace("GROUP BY 1", "WHERE kampaign = 'x' GROUP BY 1")
    (found,) = check(sql, Checking(tables={"source": "dsp_impressions"})).report.findings
    assert sql[found.span.start : found.span.end] == "kampaign"


def test_a_macro_elsewhere_is_a_parameter() -> None:
    sql = "SELECT COUNT(*) AS n FROM dsp_views WHERE campaign = {{source}}"
    (found,) = check(sql, Checking(tables={"source": "dsp_clicks"})).report.findings
    assert found.code == "AMC022"
    assert found.fix is not None
    assert found.fix.text == "CUSTOM_PARAMETER('source')"


def test_it_is_written_where_the_tree_has_it_and_nowhere_else() -> None:
    sql = """-- of {{source}}
SELECT COUNT(*) AS n, '{{source}}' AS told FROM {{ source }} s /* {{source}} */
JOIN {{other}} o ON o.user_id = s.user_id"""
    sent = with_tables(sql, {"source": "dsp_clicks", "other": "dsp_views"})
    assert sent == sql.replace("{{ source }}", "dsp_clicks").replace("{{other}}", "dsp_views")
    extended = with_tables(EXTENDED, {"source": "dsp_clicks"})
    assert "EXTEND_TIME_WINDOW('dsp_clicks', 'P7D'" in extended


@pytest.mark.parametrize(
    "table", ["dsp_clicks; drop table x", "a b", "", "x')--", "(SELECT 1)", "dsp_clicks --"]
)
def test_nothing_but_a_name_is_written(table: str) -> None:
    assert with_tables(SQL, {"source": table}) == SQL
    assert check(SQL, Checking(tables={"source": table})).refused

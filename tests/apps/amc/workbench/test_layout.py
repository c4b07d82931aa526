"""The layout: the same meaning, every comment, and the second time nothing changes."""

# ruff: noqa: E501 - a case is a line

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from metatron.apps.amc.language import layout
from metatron.apps.amc.language.dialect import parse
from metatron.apps.amc.language.findings import Report
from metatron.apps.amc.language.layout import laid_out
from metatron.apps.amc.language.lexing import pieces
from tests.apps.amc.test_oracles import REACH, TOUCHES

GUIDES = Path(__file__).parents[4] / "src/metatron/apps/amc/guides/texts"
WRITTEN = sorted(GUIDES.glob("*/*.sql"))
QUERIES = [
    REACH,
    TOUCHES,
    "select 1 -- why\n",
    "-- first\nselect/* two */a.b from dsp_views a /* open\n lines */ -- end",
    "select a, -- the a\n b, /* before c */ c from t where x=1 or (y=2 and z between 1 and 3)",
    "select - -1 - - 2, a- -b, -(-3), 'it''s', '--no comment', \"q d\", `b c` from t",
    "with v(a, b) as (values (1, 'x'), (2, 'y')) select v.a, max(b) as left_side from v group by 1",
    "select count(*) as n from table(extend_time_window('dsp_views','P28D','P0D')) t",
    "select case when a=1 then case b when 2 then 'x' else 'y' end end as k from t union all select b from u",
    "select cast(a as decimal(38,4)), extract(hour from ts), array[1,-2][0], trim(both 'x' from y) from t",
    "select sum(x) over (partition by a order by b desc rows between unbounded preceding and current row) from t",
    "select a from (select b as a from (select c as b from t) u) v where exists (select 1 from w)",
    "select r.order as x, t.group from t r left join (select 1 as group_id) z using (group_id)",
    "select sum(a) filter (where b = 1), count(distinct a, b) from t full outer join u on t.a=u.a and (u.b = 1 or u.c = 2)",
]  # fmt: skip


def tree(text: str) -> exp.Query:
    report = Report(text)
    found = parse(text, report)
    assert found is not None, report.findings
    return found


def names(query: exp.Query) -> list[tuple[str, bool]]:
    return [(each.name, bool(each.args.get("quoted"))) for each in query.find_all(exp.Identifier)]


@pytest.mark.parametrize("text", QUERIES)
def test_meaning_and_comments_are_kept(text: str) -> None:
    made = laid_out(text)
    assert tree(made) == tree(text)
    assert names(tree(made)) == names(tree(text))
    assert [p.text.rstrip() for p in pieces(made, comments=True) if p.kind == "comment"] == [
        p.text.rstrip() for p in pieces(text, comments=True) if p.kind == "comment"
    ]
    assert laid_out(made) == made


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_the_guides_queries_are_laid_out(file: Path) -> None:
    text = file.read_text("utf-8")
    assert laid_out(text) == text


def test_clauses_and_columns_take_lines() -> None:
    text = "select campaign, count(distinct user_id) as reach from dsp_views where a=1 and b=2 group by 1"
    assert laid_out(text).splitlines() == [
        "SELECT",
        "  campaign,",
        "  COUNT(DISTINCT user_id) AS reach",
        "FROM dsp_views",
        "WHERE a = 1",
        "  AND b = 2",
        "GROUP BY 1",
    ]


@pytest.mark.parametrize("text", ["select 'a", "select a /* b", 'select "a', "select 'it''"])
def test_an_open_quote_is_left_alone(text: str) -> None:
    assert laid_out(text) == text


@given(
    st.lists(
        st.sampled_from(
            "select from where ( ) , a b.c 'x' 1 - + case when end -- note\n /*c*/ and or group by [ ] join"
            " left with as \n".replace("\n ", "\n").split(" ")
        ),
        max_size=40,
    )
)
@settings(max_examples=200, deadline=None)
def test_unfinished_text_loses_nothing(words: list[str]) -> None:
    text = " ".join(words)
    made = laid_out(text)
    assert [each.text.upper().rstrip() for each in pieces(made, comments=True)] == [
        each.text.upper().rstrip() for each in pieces(text, comments=True)
    ]
    assert laid_out(made) == made


@pytest.mark.parametrize("depth", [50, 150])
def test_deep_brackets_are_read_a_few_times_each(
    depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten kilobytes of them once took a processor for ten seconds, and all of them for minutes."""
    written = 0
    write = layout._Page.leaf

    def counted(page: layout._Page, *given: Any, **more: Any) -> None:
        nonlocal written
        written += 1
        write(page, *given, **more)

    monkeypatch.setattr(layout._Page, "leaf", counted)
    text = "select " + "(1, " * depth + "1, " * 2_000 + "1" + ")" * depth
    made = laid_out(text)
    assert made != text
    assert written <= len(pieces(text)) + depth * (layout.WIDTH + 10)


def test_what_would_be_blanks_for_the_most_part_stays_as_it_is() -> None:
    text = "select " + "(1, " * 200 + "1, " * 20_000 + "1" + ")" * 200
    assert laid_out(text) == text

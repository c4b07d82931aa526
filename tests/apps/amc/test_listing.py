"""What an instance lists of tables, held beside what we know of them."""

from typing import Any

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.schema.facts import Level
from metatron.apps.amc.schema.keeping import kept_of
from metatron.apps.amc.schema.listing import facts_with
from metatron.apps.amc.schema.loading import facts


def listed(*, without: tuple[str, ...] = (), more: tuple[dict[str, Any], ...] = ()) -> Any:
    known = [
        {
            "name": table.name, "description": table.summary, "tags": [],
            "columns": [
                {"name": each.name, "data_type": each.type, "column_type": each.kind.upper(),
                 "description": each.doc}
                for each in table.columns.values()
            ],
        }
        for table in facts().tables.values()
        if table.name not in without
    ]  # fmt: skip
    return kept_of([*known, *more])


NEW_TABLE = {
    "name": "Uploaded_Stores", "description": "Our stores", "tags": ["NEW"],
    "columns": [
        {"name": "Store", "data_type": "string", "column_type": "DIMENSION", "description": "Name"},
        {"name": "visits", "data_type": "LONG", "column_type": "METRIC", "description": "Visits"},
    ],
}  # fmt: skip


def codes(text: str, kept: Any) -> list[tuple[str, str]]:
    found = check(text, Checking(facts=facts_with(kept))).report.findings
    return [(each.code, each.severity) for each in found]


def test_the_same_list_differs_in_nothing() -> None:
    kept = listed()
    assert kept == {"count": len(facts().tables), "missing": [], "more": {}}
    assert facts_with(kept).tables.keys() == facts().tables.keys()
    assert facts_with(None) is facts()


def test_a_paid_table_that_is_not_listed_is_refused_and_another_remarked_on() -> None:
    kept = listed(without=("amazon_your_garage", "dsp_views"))
    garage, views = (
        f"SELECT COUNT(*) AS n FROM {name}" for name in ("amazon_your_garage", "dsp_views")
    )
    assert codes(garage, kept) == [("AMC021", "error")]
    assert codes(views, kept) == [("AMC021", "warning")]
    assert codes(garage, listed()) == []


def test_what_only_the_instance_knows_can_be_asked_for_and_is_guarded() -> None:
    kept = listed(more=(NEW_TABLE,))
    text = "SELECT store, SUM(visits) AS n FROM uploaded_stores GROUP BY store"
    assert [code for code, _ in codes(text, None)] == ["AMC001"]
    assert codes(text, kept) == []
    table = facts_with(kept).tables["uploaded_stores"]
    assert {each.level for each in table.columns.values()} == {Level.MEDIUM}
    assert check(text, Checking(facts=facts_with(kept))).forecast[0].as_json()["users"] == 100


def test_a_column_and_a_tag_of_a_known_table() -> None:
    old = {
        "name": "dsp_clicks", "description": "", "tags": ["DEPRECATED"],
        "columns": [{"name": "click_mood", "data_type": "STRING", "column_type": "DIMENSION",
                     "description": ""}],
    }  # fmt: skip
    kept = listed(without=("dsp_clicks",), more=(old,))
    text = "SELECT click_mood, COUNT(*) AS n FROM dsp_clicks GROUP BY 1"
    assert codes(text, kept) == [("AMC021", "warning")]
    assert facts_with(kept).tables["dsp_clicks"].columns["campaign"].level is Level.LOW
    assert "click_mood" not in facts().tables["dsp_clicks"].columns

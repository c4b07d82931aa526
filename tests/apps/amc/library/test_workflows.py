"""Workflows through the API: versions, editors, privacy, folders, favourites."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from metatron.apps.amc.edge import Page
from metatron.apps.amc.library import loading, restoring, schemas
from metatron.apps.amc.library.errors import WorkflowInUse
from metatron.kernel.ids import new_id
from tests.apps.amc.house import House
from tests.support.kept_secret import keep_secret

SQL = "SELECT campaign, COUNT(*) AS n FROM dsp_views GROUP BY 1"


async def test_a_workflow_is_kept_as_written(house: House) -> None:
    made = await house.workflow(
        name="  Reach by campaign ", description="How many", folder="/Reach//Weekly/",
        tags=["reach", "weekly", "reach"], category="reach", sql=SQL, privacy="REMOVE_VALUES",
    )  # fmt: skip
    told = schemas.WorkflowAnswer.model_validate(made)
    assert (told.name, told.folder, told.tags) == (
        "Reach by campaign", "Reach/Weekly", ["reach", "weekly"],
    )  # fmt: skip
    assert (told.number, told.version, told.runs, told.favourite) == (1, 1, 0, False)
    assert (told.sql, told.privacy, told.shared) == (SQL, "REMOVE_VALUES", True)
    assert told.owner is not None
    assert told.owner.display_name == "Test Person"
    answer = await house.viewer.get(f"/amc/workflows/{made['id']}")
    assert answer.json() == made
    assert answer.headers["etag"] == '"1"'


async def test_a_pasted_query_gets_its_parameters(house: House) -> None:
    made = await house.workflow(
        sql="SELECT COUNT(*) AS n FROM dsp_views WHERE campaign IN ({{campaigns}})"
    )
    assert "CONTAINED_IN(campaign, CUSTOM_PARAMETER('campaigns'))" in made["sql"]
    assert [(each["name"], each["kind"]) for each in made["parameters"]] == [
        ("campaigns", "campaign_list")
    ]


async def test_only_a_change_of_the_text_is_a_version(house: House) -> None:
    made = await house.workflow(sql=SQL)
    path = f"/amc/workflows/{made['id']}"
    renamed = (await house.analyst.patch(path, json={"name": "Other"})).json()
    assert (renamed["number"], renamed["version"]) == (1, 2)
    same = (await house.analyst.patch(path, json={"sql": SQL})).json()
    assert (same["number"], same["version"]) == (1, 2)
    edited = (await house.analyst.patch(path, json={"sql": f"{SQL}, 2", "note": "wrong"})).json()
    assert (edited["number"], edited["version"]) == (2, 3)
    strict = (await house.analyst.patch(path, json={"privacy": "REMOVE_VALUES"})).json()
    assert (strict["number"], strict["sql"]) == (3, f"{SQL}, 2")
    versions = (await house.viewer.get(f"{path}/versions")).json()
    Page[schemas.VersionSummary].model_validate(versions)
    assert [(each["number"], each["note"]) for each in versions["items"]] == [
        (3, ""), (2, "wrong"), (1, ""),
    ]  # fmt: skip
    first = (await house.viewer.get(f"{path}/versions", params={"limit": 2})).json()
    rest = await house.viewer.get(f"{path}/versions", params={"cursor": first["next_cursor"]})
    assert [each["number"] for each in rest.json()["items"]] == [1]
    second = schemas.VersionAnswer.model_validate(
        (await house.viewer.get(f"{path}/versions/2")).json()
    )
    assert second.sql == f"{SQL}, 2"
    assert (await house.viewer.get(f"{path}/versions/9")).status_code == 404


async def test_two_editors_do_not_overwrite_each_other(house: House) -> None:
    made = await house.workflow()
    path, tag = f"/amc/workflows/{made['id']}", {"if-match": '"1"'}
    answers = await asyncio.gather(
        house.analyst.patch(path, json={"name": "A"}, headers=tag),
        house.other.patch(path, json={"name": "B"}, headers=tag),
    )
    assert sorted(each.status_code for each in answers) == [200, 412]
    kept = next(each for each in answers if each.status_code == 200).json()
    assert (await house.viewer.get(path)).json()["name"] == kept["name"]
    assert (await house.other.delete(path, headers=tag)).status_code == 412


async def test_versions_are_compared_and_restored(house: House) -> None:
    made = await house.workflow(sql=SQL)
    path = f"/amc/workflows/{made['id']}"
    await house.analyst.patch(path, json={"sql": SQL.replace("COUNT(*)", "SUM(events)")})
    diff = schemas.DiffAnswer.model_validate((await house.viewer.get(f"{path}/diff")).json())
    assert [(part.kind, part.before, part.after) for part in diff.parts] == [
        ("column_changed", "COUNT(*)", "SUM(events)")
    ]
    back = await house.viewer.get(f"{path}/diff", params={"from": 2, "to": 1})
    assert back.json()["parts"][0]["after"] == "COUNT(*)"
    restored = await house.other.post(f"{path}/restore", json={"number": 1})
    assert restored.status_code == 200
    assert (restored.json()["number"], restored.json()["sql"]) == (3, SQL)
    note = (await house.viewer.get(f"{path}/versions/3")).json()["note"]
    assert note == "Version 1 restored"
    assert (await house.viewer.get(f"{path}/diff", params={"from": 1, "to": 3})).json()[
        "parts"
    ] == []
    assert (await house.viewer.get(f"{path}/diff", params={"to": 9})).status_code == 404
    assert (await house.other.post(f"{path}/restore", json={"number": 9})).status_code == 404


async def test_a_fork_is_ones_own(house: House) -> None:
    made = await house.workflow(sql=SQL, tags=["x"])
    forked = await house.other.post(f"/amc/workflows/{made['id']}/fork", json={"name": "Mine"})
    assert forked.status_code == 201
    copy = forked.json()
    assert (copy["sql"], copy["tags"], copy["forked_from"]) == (SQL, ["x"], made["id"])
    assert copy["owner"] != made["owner"]
    await house.other.patch(f"/amc/workflows/{copy['id']}", json={"sql": "SELECT 1 AS one"})
    assert (await house.viewer.get(f"/amc/workflows/{made['id']}")).json()["sql"] == SQL


async def test_private_workflows_are_their_owners(house: House) -> None:
    made = await house.workflow(name="Secret", shared=False, tags=["hush"], folder="Hush")
    path = f"/amc/workflows/{made['id']}"
    for method, where, body in (
        ("GET", path, None), ("GET", f"{path}/versions", None), ("GET", f"{path}/diff", None),
        ("GET", f"{path}/parameter-sets", None), ("PATCH", path, {"name": "x"}),
        ("DELETE", path, None), ("POST", f"{path}/fork", {"name": "x"}),
        ("PUT", f"{path}/favourite", None), ("GET", f"{path}/versions/1", None),
        ("POST", f"{path}/parameter-sets", {"name": "x", "values": {}}),
    ):  # fmt: skip
        answer = await house.other.request(method, where, json=body)
        assert answer.status_code == 404, (method, where, answer.text)
    for where in ("/amc/workflows", "/amc/folders", "/amc/tags"):
        assert (await house.other.get(where)).json()["items"] == []
        assert len((await house.analyst.get(where)).json()["items"]) == 1
    shared = await house.workflow()
    answer = await house.other.patch(f"/amc/workflows/{shared['id']}", json={"shared": False})
    assert (answer.status_code, answer.json()["code"]) == (403, "workflow_owner_only")


async def test_the_list_is_searched_and_paged(house: House) -> None:
    for number in range(5):
        await house.workflow(
            name=f"Query {number}", folder="A/B" if number % 2 else "A", tags=[f"t{number % 2}"],
            category="reach" if number else "overlap",
        )  # fmt: skip
    await house.other.put(f"/amc/workflows/{(await names(house))['Query 3']}/favourite")

    async def found(**asked: Any) -> list[str]:
        answer = await house.other.get("/amc/workflows", params=asked)
        Page[schemas.WorkflowSummary].model_validate(answer.json())
        return [each["name"] for each in answer.json()["items"]]

    assert await found() == [f"Query {number}" for number in (4, 3, 2, 1, 0)]
    assert await found(q="query 2") == ["Query 2"]
    assert await found(q="T1") == ["Query 3", "Query 1"]
    assert await found(q="100%") == []
    assert await found(folder="A/B") == ["Query 3", "Query 1"]
    assert len(await found(folder="A")) == 5
    assert await found(tag="t0", category="reach") == ["Query 4", "Query 2"]
    assert await found(favourite=True) == ["Query 3"]
    assert await found(owner="me") == []
    first = (await house.other.get("/amc/workflows", params={"limit": 3})).json()
    assert first["items"][1]["favourite"] is True
    assert await found(cursor=first["next_cursor"]) == ["Query 1", "Query 0"]
    folders = (await house.viewer.get("/amc/folders")).json()["items"]
    assert folders == [{"name": "A", "workflows": 3}, {"name": "A/B", "workflows": 2}]
    tags = (await house.viewer.get("/amc/tags")).json()["items"]
    assert tags == [{"name": "t0", "workflows": 3}, {"name": "t1", "workflows": 2}]
    await house.other.delete(f"/amc/workflows/{(await names(house))['Query 3']}/favourite")
    assert await found(favourite=True) == []


async def names(house: House) -> dict[str, str]:
    items = (await house.analyst.get("/amc/workflows")).json()["items"]
    return {each["name"]: each["id"] for each in items}


async def test_an_archived_workflow_leaves_the_library(house: House) -> None:
    made = await house.workflow()
    path = f"/amc/workflows/{made['id']}"
    assert (await house.analyst.delete(path)).status_code == 204
    assert (await house.analyst.get("/amc/workflows")).json()["items"] == []
    assert (await house.analyst.get(path)).json()["archived_at"] is not None
    assert (await house.analyst.patch(path, json={"name": "x"})).status_code == 404
    assert (await house.analyst.delete(path)).status_code == 404


async def test_an_archived_workflow_comes_back(house: House) -> None:
    made = await house.workflow()
    path = f"/amc/workflows/{made['id']}"
    assert (await house.analyst.delete(path)).status_code == 204
    archived = (await house.viewer.get("/amc/workflows", params={"archived": True})).json()
    assert [each["id"] for each in archived["items"]] == [made["id"]]
    assert (await house.viewer.post(f"{path}/unarchive")).status_code == 403
    back = await house.other.post(f"{path}/unarchive")
    assert (back.status_code, back.json()["archived_at"]) == (200, None)
    assert await names(house) == {"Reach": made["id"]}
    again = await house.other.post(f"{path}/unarchive")
    assert again.json()["version"] == back.json()["version"] == 3
    listed = (await house.viewer.get("/amc/workflows", params={"archived": True})).json()["items"]
    assert listed == []


async def test_a_private_workflow_is_brought_back_by_its_owner_only(house: House) -> None:
    made = await house.workflow(shared=False)
    path = f"/amc/workflows/{made['id']}"
    assert (await house.analyst.delete(path)).status_code == 204
    assert (await house.other.post(f"{path}/unarchive")).status_code == 404
    assert (await house.other.get("/amc/workflows?archived=true")).json()["items"] == []
    assert (await house.analyst.post(f"{path}/unarchive")).status_code == 200


async def test_the_library_is_sorted_by_what_its_columns_say(house: House) -> None:
    for name, category in (("beta", "reach"), ("Alpha", "custom"), ("gamma", "overlap")):
        await house.workflow(name=name, category=category)

    async def pages(sort: str) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            asked = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await house.analyst.get("/amc/workflows", params=asked)).json()
            found += [each["name"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    assert await pages("name") == ["Alpha", "beta", "gamma"]
    assert await pages("-name") == ["gamma", "beta", "Alpha"]
    assert await pages("category") == ["Alpha", "gamma", "beta"]
    # All of one folder and number: what comes next decides, each in its own direction.
    assert await pages("folder,-name") == ["gamma", "beta", "Alpha"]
    assert await pages("-number,name") == ["Alpha", "beta", "gamma"]
    assert await pages("-folder,number,-category") == ["beta", "gamma", "Alpha"]
    assert await pages("updated_at") == ["beta", "Alpha", "gamma"]
    assert await pages("-number") == list(reversed(await pages("number")))
    for sort in ("sql", "name,-name", "name,category,folder,number", "name,", ""):
        refused = await house.analyst.get("/amc/workflows", params={"sort": sort})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.sort")
    first = (await house.analyst.get("/amc/workflows?sort=name&limit=1")).json()["next_cursor"]
    wrong = await house.analyst.get(
        "/amc/workflows", params={"sort": "updated_at", "cursor": first}
    )
    assert wrong.status_code == 422


async def test_values_are_saved_by_name(house: House) -> None:
    made = await house.workflow()
    path = f"/amc/workflows/{made['id']}/parameter-sets"
    asin = keep_secret("value of a parameter", "B0ZEBRA474")
    body = {"name": "Spring", "values": {"asins": [asin], "least": 5}}
    saved = await house.analyst.post(path, json=body)
    assert saved.status_code == 201
    schemas.ParameterSetAnswer.model_validate(saved.json())
    again = await house.other.post(path, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "parameter_set_taken")
    listed = (await house.viewer.get(path)).json()["items"]
    assert [(each["name"], each["values"]) for each in listed] == [("Spring", body["values"])]
    where = f"{path}/{saved.json()['id']}"
    assert (await house.analyst.delete(where)).status_code == 204
    assert (await house.analyst.delete(where)).status_code == 404


async def test_a_viewer_reads_only(house: House) -> None:
    made = await house.workflow()
    path = f"/amc/workflows/{made['id']}"
    for method, where, body in (
        ("POST", "/amc/workflows", {"name": "x", "sql": "SELECT 1"}),
        ("PATCH", path, {"name": "x"}), ("DELETE", path, None),
        ("POST", f"{path}/restore", {"number": 1}), ("POST", f"{path}/fork", {"name": "x"}),
        ("POST", f"{path}/parameter-sets", {"name": "x", "values": {}}),
    ):  # fmt: skip
        answer = await house.viewer.request(method, where, json=body)
        assert answer.status_code == 403, (method, where)


async def test_a_repeated_request_adds_one_workflow(house: House) -> None:
    body = {"name": "Once", "sql": SQL}
    headers = {"idempotency-key": str(new_id())}
    one = await house.analyst.post("/amc/workflows", json=body, headers=headers)
    two = await house.analyst.post("/amc/workflows", json=body, headers=headers)
    assert one.json()["id"] == two.json()["id"]
    assert len((await house.analyst.get("/amc/workflows")).json()["items"]) == 1


async def test_bad_bodies_are_refused(house: House) -> None:
    for body in (
        {"name": "", "sql": SQL}, {"name": "x"}, {"name": "x", "sql": ""},
        {"name": "x", "sql": SQL, "privacy": "NONE"}, {"name": "x", "sql": "a\x00b"},
        {"name": "x", "sql": SQL, "parameters": [{"name": "1 bad"}]},
        {"name": "x", "sql": SQL, "parameters": [{"name": "p", "kind": "enum"}]},
        {"name": "x", "sql": SQL, "parameters": [{"name": "p", "required": False}]},
        {"name": "x", "sql": SQL, "tags": ["a"] * 21}, {"name": "x", "sql": SQL, "unknown": 1},
    ):  # fmt: skip
        assert (await house.analyst.post("/amc/workflows", json=body)).status_code == 422, body


async def test_values_that_cannot_be_kept_are_refused(house: House) -> None:
    path = f"/amc/workflows/{(await house.workflow())['id']}/parameter-sets"
    nested = "[" * 20 + "]" * 20
    for value in ('"a\\u0000"', '"\\ud800"', "NaN", "1e999", "9" * 30, nested):
        content = '{"name": "x", "values": {"p": ' + value + "}}"
        answer = await house.analyst.post(
            path, content=content, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422, (value, answer.text)


async def test_what_still_runs_a_workflow_keeps_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rooms above say what stands against archiving."""

    async def guard(_session: Any, _context: Any, _workflow_id: UUID) -> None:
        raise WorkflowInUse

    monkeypatch.setattr(loading, "archive_guards", [guard])
    monkeypatch.setattr(restoring, "archive_guards", [guard])
    path = f"/amc/workflows/{(await house.workflow())['id']}"
    answer = await house.analyst.delete(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "workflow_in_use")
    assert (await house.viewer.get(path)).json()["archived_at"] is None


async def test_events_hold_no_query_and_no_value(house: House) -> None:
    made = await house.workflow(name="Hidden name", sql="SELECT 'hidden text' AS x")
    path = f"/amc/workflows/{made['id']}"
    await house.analyst.patch(path, json={"description": "hidden words"})
    await house.analyst.post(
        f"{path}/parameter-sets", json={"name": "s", "values": {"a": "hidden value"}}
    )
    await house.analyst.delete(path)
    events = (await house.viewer.get("/events", params={"aggregate_id": made["id"]})).json()
    told = [each["name"] for each in events["items"]]
    assert sorted(told) == [
        "amc.parameter_set_saved.v1", "amc.workflow_archived.v1", "amc.workflow_changed.v1",
        "amc.workflow_created.v1",
    ]  # fmt: skip
    assert "idden" not in str(events)

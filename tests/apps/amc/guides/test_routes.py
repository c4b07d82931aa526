"""The guides' routes: reading, progress, and copies in the library."""

from metatron.apps.amc.edge import Page
from metatron.apps.amc.guides import schemas
from metatron.apps.amc.guides.reading import guides
from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.library.schemas import WorkflowAnswer
from tests.apps.amc.house import House


async def test_every_guide_can_be_read(house: House) -> None:
    listed = (await house.viewer.get("/amc/guides")).json()
    page = Page[schemas.GuideSummary].model_validate(listed)
    assert [each.slug for each in page.items] == list(guides())
    for each in page.items:
        answer = await house.viewer.get(f"/amc/guides/{each.slug}")
        told = schemas.GuideAnswer.model_validate(answer.json())
        assert told.progress.total == len(told.sections)
        queries = [section for section in told.sections if section.kind == "query"]
        assert all(section.sql and section.sample for section in queries)
    assert (await house.viewer.get("/amc/guides/nothing")).status_code == 404


async def test_progress_is_each_persons_own(house: House) -> None:
    path = "/amc/guides/campaign-reach"
    keys = [each["key"] for each in (await house.viewer.get(path)).json()["sections"]]
    for key in keys[:2]:
        answer = await house.viewer.put(f"{path}/progress", json={"section": key, "done": True})
    assert answer.json() == {"done": 2, "total": len(keys)}
    again = await house.viewer.put(f"{path}/progress", json={"section": keys[0], "done": True})
    assert again.json()["done"] == 2
    back = await house.viewer.put(f"{path}/progress", json={"section": keys[0], "done": False})
    assert back.json()["done"] == 1
    shown = (await house.viewer.get(path)).json()
    assert [each["done"] for each in shown["sections"]] == [False, True] + [False] * (len(keys) - 2)
    listed = (await house.viewer.get("/amc/guides")).json()["items"]
    assert {e["slug"]: e["progress"]["done"] for e in listed if e["progress"]["done"]} == {
        "campaign-reach": 1
    }
    theirs = (await house.analyst.get(path)).json()
    assert theirs["progress"]["done"] == 0
    wrong = await house.viewer.put(f"{path}/progress", json={"section": "nothing", "done": True})
    assert wrong.status_code == 404


async def test_every_query_becomes_a_workflow_that_passes_the_check(house: House) -> None:
    made = 0
    for guide in guides().values():
        for query in guide.queries:
            answer = await house.analyst.post(
                f"/amc/guides/{guide.slug}/use", json={"query": query.key}
            )
            told = WorkflowAnswer.model_validate(answer.json())
            assert (told.name, told.sql, told.guide) == (query.title, query.sql, guide.slug)
            types = {each.name: each.type_name for each in told.parameters}
            assert not check(told.sql, Checking(types)).refused
            made += 1
    assert made >= 30
    first = await house.analyst.post("/amc/guides/path-to-conversion/use")
    assert first.status_code == 201
    assert first.json()["folder"] == "Guides"
    wrong = await house.analyst.post("/amc/guides/path-to-conversion/use", json={"query": "x"})
    assert wrong.status_code == 404
    assert (await house.viewer.post("/amc/guides/path-to-conversion/use")).status_code == 403

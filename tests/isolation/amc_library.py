"""A workflow with a saved set of values, a favourite and a guide half read."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .realms import Realm


async def furnish_library(realm: "Realm") -> None:
    """Give the realm's library one of everything."""
    m, client = realm.marker, realm.client
    body = {
        "name": f"Workflow {m}", "description": m, "folder": f"Folder {m}", "tags": [f"tag {m}"],
        "sql": f"SELECT COUNT(*) AS n FROM dsp_views WHERE campaign = '{m}'", "note": m,
    }  # fmt: skip
    answer = await client.post("/amc/workflows", json=body)
    assert answer.is_success, answer.text
    workflow = answer.json()
    path = f"/amc/workflows/{workflow['id']}"
    saved = await client.post(
        f"{path}/parameter-sets", json={"name": f"Set {m}", "values": {"campaign": m}}
    )
    assert saved.is_success, saved.text
    for where, read in (
        (f"{path}/favourite", None),
        ("/amc/guides/campaign-reach/progress", {"section": "the-question", "done": True}),
    ):
        answer = await client.put(where, json=read)
        assert answer.is_success, answer.text
    realm.note("workflow_id", workflow["id"])
    realm.note("set_id", saved.json()["id"])
    realm.note("number", 1)
    realm.note("guide", "campaign-reach")

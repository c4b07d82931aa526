"""A collection whose segment has come to figures, a board of it, and a snapshot behind a link."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context

if TYPE_CHECKING:
    from .realms import Realm

_KEPT = text("""
update amc.segment s set state = 'settled', due_at = null, run_id = :run_id,
  kept_run_id = :run_id, row_count = 1, problem = :marker
from amc.collection_segment cs where cs.tenant_id = s.tenant_id and cs.segment_id = s.id
  and s.tenant_id = :tenant_id and cs.collection_id = :collection_id returning s.id
""")
_FIGURE = text("""
insert into amc.segment_figure (tenant_id, segment_id, name, sum, count, minimum, maximum)
values (:tenant_id, :segment_id, :marker, 1, 1, 1, 1)
""")


async def furnish_collections(realm: "Realm") -> None:
    """Collect the realm's workflow over its client, and share what that came to."""
    m, client, now = realm.marker, realm.client, utc_now()
    body = {
        "name": f"Collection {m}", "workflow_id": realm.one("workflow_id"),
        "instance_ids": [realm.one("instance_id")],
        "segments": {
            "unit": "once", "from": (now - timedelta(days=40)).date().isoformat(),
            "to": (now - timedelta(days=30)).date().isoformat(),
        },
    }  # fmt: skip
    made = await client.post(
        "/amc/collections", json=body, headers={"idempotency-key": f"collection-{m}"}
    )
    assert made.status_code == 201, made.text
    collection_id = made.json()["id"]
    context = system_context(realm.tenant_id)
    values = {"tenant_id": realm.tenant_id, "marker": m}
    async with realm.door.database.transaction(context) as session:
        row = {"collection_id": collection_id, "run_id": realm.one("run_id")}
        segment_id = (await session.execute(_KEPT, values | row)).scalar_one()
        await session.execute(_FIGURE, values | {"segment_id": segment_id})
    board = await client.post(
        f"/amc/collections/{collection_id}/board",
        json={"name": f"Board {m}"},
        headers={"idempotency-key": f"board-{m}"},
    )
    assert board.status_code == 201, board.text
    snapshot = await client.post(
        f"/amc/boards/{board.json()['id']}/snapshots",
        json={"name": f"Snapshot {m}", "expires_at": (now + timedelta(days=9)).isoformat()},
    )
    assert snapshot.status_code == 201, snapshot.text
    realm.note("collection_id", collection_id)
    realm.note("segment_ids", segment_id)
    realm.note("instance_ids", realm.one("instance_id"))
    realm.note("board_id", board.json()["id"])
    realm.note("snapshot_id", snapshot.json()["id"])
    realm.note("token", snapshot.json()["token"])

"""Files that speak against a card dispute: who gives and opens them, what the provider hears."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from metatron.apps.campaigns.care import dispute_evidence
from metatron.apps.campaigns.care.dispute_files import PURPOSE, add_dispute_file
from metatron.apps.campaigns.care.errors import (
    DisputeFileGiven,
    DisputeNotFound,
    EvidenceNotPossible,
)
from metatron.apps.campaigns.care.tables import CardDispute
from metatron.apps.campaigns.edge import desk_schemas
from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.files import interface as files
from metatron.platform.files import site as files_site
from metatron.platform.payments.evidence_tables import DisputeEvidenceRow
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house
from tests.apps.campaigns.test_card_disputes import accepted, rows, told
from tests.apps.campaigns.test_money_api import finance
from tests.platform.files.contents import png

__all__ = ["app", "house"]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A place for files, as a process notes it when it starts."""
    before = files_site._site
    files_site.prepare(SimpleNamespace(settings=settings.model_copy(update={"data_dir": tmp_path})))
    yield
    files_site._site = before


async def upload(stage: Stage, shade: int, purpose: str = PURPOSE) -> Any:
    facts = await stage.run(
        files.store, stage.finance, purpose=purpose, name="note.png", content=png(shade)
    )
    return facts.id


async def disputed(stage: Stage) -> Any:
    _, [commitment, _] = await accepted(stage, 3, 2)
    await told(stage, "dispute_opened", commitment, 3 * 1_999)
    [dispute] = await rows(stage, CardDispute)
    return dispute


@pytest.mark.usefixtures("folder")
async def test_a_file_is_kept_and_told_by_its_hash(stage: Stage) -> None:
    dispute = await disputed(stage)
    given = {"dispute_id": dispute.id, "file_id": await upload(stage, 1), "note": "The way bill."}
    with pytest.raises(PermissionDenied):
        await stage.run(add_dispute_file, stage.organiser, **given)
    kept = await stage.run(add_dispute_file, stage.finance, **given)
    again = given | {"file_id": await upload(stage, 1)}
    with pytest.raises(DisputeFileGiven):
        await stage.run(add_dispute_file, stage.finance, **again)
    other = given | {"file_id": await upload(stage, 2, "campaign_evidence")}
    with pytest.raises(InvalidInput):
        await stage.run(add_dispute_file, stage.finance, **other)
    with pytest.raises(DisputeNotFound):
        await stage.run(add_dispute_file, stage.finance, **given | {"dispute_id": new_id()})
    handed = {"dispute_id": dispute.id, "explanation": "It was delivered."}
    await stage.run(dispute_evidence.hand_in, stage.finance, **handed)
    [evidence] = await rows(stage, DisputeEvidenceRow)
    assert f"note.png (image/png), SHA-256 {kept.sha256}" in evidence.explanation
    assert "The way bill." not in evidence.explanation
    late = given | {"file_id": await upload(stage, 3)}
    with pytest.raises(EvidenceNotPossible):
        await stage.run(add_dispute_file, stage.finance, **late)


async def test_over_the_api_for_those_who_look_after_campaigns(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    dispute = await disputed(stage)
    settling = await finance(house)
    path = f"/campaign-card-disputes/{dispute.id}/files"
    query = {"purpose": PURPOSE, "name": "bill.png"}
    uploaded = await settling.post("/files", params=query, content=png(4))
    assert uploaded.status_code == 201, uploaded.text
    file_id = uploaded.json()["id"]
    assert (await house.supplier.post("/files", params=query, content=png(5))).status_code == 403
    made = await settling.post(path, json={"file_id": file_id, "note": None})
    assert made.status_code == 201, made.text
    shown = desk_schemas.DisputeFileShown.model_validate(made.json())
    [listed] = (await house.organiser.get(path)).json()["items"]
    assert listed["sha256"] == shown.sha256
    assert (await house.organiser.get(f"/files/{file_id}/content")).status_code == 200
    assert (await house.supplier.get(path)).status_code == 403
    assert (await house.supplier.get(f"/files/{file_id}/content")).status_code in {403, 404}
    assert (
        await house.organiser.get(f"/campaign-card-disputes/{new_id()}/files")
    ).status_code == 404

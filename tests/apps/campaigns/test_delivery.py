"""Deliveries: addresses only where they are needed, manifests, shipped units, receipts."""

import csv
import io
from typing import Any
from uuid import UUID

import orjson
import pytest

from metatron.apps.campaigns.delivery import fulfilment, manifests, points, products, receiving
from metatron.apps.campaigns.delivery.errors import (
    DeliveryDataLocked,
    ManifestNotReady,
    PointInUse,
    ProductTaken,
    ReceiptNotPossible,
)
from metatron.apps.campaigns.errors import CampaignNotFound, DeliveryDataMissing
from metatron.apps.campaigns.gathering import commitments
from metatron.apps.campaigns.rules import drafts
from metatron.apps.campaigns.rules.addresses import DeliveryAddress, Destination
from metatron.apps.campaigns.tables import Campaign, Commitment, ConsolidationPoint
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import InvalidInput, PermissionDenied, VersionConflict
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import HOME, Stage


async def allocated(stage: Stage, **changes: Any) -> tuple[Campaign, list[Commitment]]:
    campaign = await stage.live(**changes)
    placed = [await stage.commit(campaign, 6), await stage.commit(campaign, 5)]
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    return campaign, placed


def of_member(stage: Stage, commitment: Commitment) -> Context:
    return Context(stage.tenant_id, "user", commitment.member_id, frozenset({"campaigns:commit"}))


async def point_of(stage: Stage) -> UUID:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        point = ConsolidationPoint(
            tenant_id=stage.tenant_id, id=new_id(), name="Hall 4", address="1 Quay",
            created_at=stage.now, version=1,
        )  # fmt: skip
        session.add(point)
        return point.id


async def test_a_direct_delivery_needs_the_whole_address(stage: Stage) -> None:
    campaign = await stage.live()
    wish = commitments.Wish(new_id(), 2, campaign.terms_version, True, True, "pm_ok")
    for given, missing in (
        (None, {"recipient", "street", "postal_code", "city", "country"}),
        (Destination("Ada", "", "1", "Oslo", None), {"street", "country"}),
    ):
        short = commitments.Wish(
            wish.id, 2, campaign.terms_version, True, True, "pm_ok", destination=given
        )
        with pytest.raises(DeliveryDataMissing) as refused:
            await stage.run(commitments.commit, stage.member(), campaign_id=campaign.id, wish=short)
        fields = {error.field.rpartition(".")[2] for error in refused.value.errors}
        assert fields == missing


async def test_a_bulk_delivery_keeps_no_personal_data(stage: Stage) -> None:
    strategy = {"delivery_strategy": "bulk_to_consolidation"}
    point_id = await point_of(stage)
    campaign, placed = await allocated(stage, **strategy, consolidation_point_id=point_id)
    found = await stage.run(
        manifests.export_manifest, stage.supplier, campaign_id=campaign.id, form="json"
    )
    assert found.columns == manifests.BULK_COLUMNS
    assert found.units == 11
    assert {row["consolidation_point"] for row in found.rows} == {"Hall 4"}
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        for commitment in placed:
            key = (stage.tenant_id, commitment.id)
            assert await session.get(DeliveryAddress, key) is None
    with pytest.raises(DeliveryDataLocked):
        await stage.run(
            receiving.change_destination, of_member(stage, placed[0]),
            commitment_id=placed[0].id, given=HOME,
        )  # fmt: skip


async def test_a_manifest_is_for_its_supplier_runs_no_formula_and_is_recorded(
    stage: Stage,
) -> None:
    campaign, [first, _] = await allocated(stage)
    evil = Destination('=cmd|"/c calc"!A1', " @SUM(A1)", "-1", "+1", "NO")
    await stage.run(
        receiving.change_destination, of_member(stage, first), commitment_id=first.id, given=evil
    )
    found = await stage.run(
        manifests.export_manifest, stage.supplier, campaign_id=campaign.id, form="csv"
    )
    rows = list(csv.DictReader(io.StringIO(manifests.as_csv(found).decode())))
    assert sum(int(row["units"]) for row in rows) == 11
    [mine] = [row for row in rows if row["reference"] == first.reference]
    for name in ("recipient", "street", "postal_code", "city"):
        assert mine[name].startswith("'"), name
    stranger = stage.person("supply")
    with pytest.raises(CampaignNotFound):
        await stage.run(manifests.export_manifest, stranger, campaign_id=campaign.id, form="csv")
    with pytest.raises(PermissionDenied):
        await stage.run(
            manifests.export_manifest, stage.finance, campaign_id=campaign.id, form="csv"
        )
    query = "select payload from kernel.event where tenant_id = $1 and name = $2"
    kept = await stage.database.system.fetch(
        query, stage.tenant_id, "campaigns.manifest_exported.v1"
    )
    assert [orjson.loads(row["payload"])["rows"] for row in kept] == [2]
    assert all(evil.recipient not in row["payload"] for row in kept if evil.recipient)


async def test_no_manifest_before_the_allocation_or_after_the_end(stage: Stage) -> None:
    campaign = await stage.live()
    with pytest.raises(ManifestNotReady):
        await stage.run(
            manifests.export_manifest, stage.organiser, campaign_id=campaign.id, form="json"
        )


async def test_shipped_units_never_exceed_the_allocated(stage: Stage) -> None:
    campaign, _ = await allocated(stage)
    say = {"campaign_id": campaign.id, "note": "On its way."}
    record = fulfilment.record_fulfilment
    await stage.run(record, stage.supplier, kind="shipped", units=7, **say)
    with pytest.raises(InvalidInput):
        await stage.run(record, stage.supplier, kind="shipped", units=5, **say)
    await stage.run(record, stage.supplier, kind="shipped", units=4, **say)
    await stage.run(record, stage.supplier, kind="delivered", units=11, **say)
    with pytest.raises(InvalidInput):
        await stage.run(record, stage.supplier, kind="scheduled", units=1, **say)


async def test_receipt_is_confirmed_once_delivery_has_begun(stage: Stage) -> None:
    campaign, [mine, _] = await allocated(stage)
    member = of_member(stage, mine)
    with pytest.raises(ReceiptNotPossible):
        await stage.run(receiving.confirm_receipt, member, commitment_id=mine.id)
    with pytest.raises(DeliveryDataLocked):
        await stage.run(receiving.erase_own_destination, member, commitment_id=mine.id)
    await stage.deliver(campaign)
    with pytest.raises(DeliveryDataLocked):
        await stage.run(receiving.change_destination, member, commitment_id=mine.id, given=HOME)
    for _ in range(2):
        await stage.run(receiving.confirm_receipt, member, commitment_id=mine.id)
    await stage.pass_time(days=7)
    await stage.answer_all()
    await stage.run(receiving.erase_own_destination, member, commitment_id=mine.id)
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        assert await session.get(DeliveryAddress, (stage.tenant_id, mine.id)) is None


async def test_a_point_locks_with_fulfilment_and_archives_when_unused(stage: Stage) -> None:
    point_id = await point_of(stage)
    strategy = {"delivery_strategy": "bulk_to_consolidation", "consolidation_point_id": point_id}
    campaign, _ = await allocated(stage, **strategy)
    edit = {"point_id": point_id, "fields": {"address": "2 Quay"}}
    changed = await stage.run(points.edit_point, stage.organiser, **edit)
    with pytest.raises(VersionConflict):
        await stage.run(points.edit_point, stage.organiser, if_match='"1"', **edit)
    assert changed.address == "2 Quay"
    with pytest.raises(PointInUse):
        await stage.run(points.archive_point, stage.organiser, point_id=point_id)
    await stage.deliver(campaign)
    with pytest.raises(PointInUse):
        await stage.run(points.edit_point, stage.organiser, **edit)
    await stage.pass_time(days=7)
    await stage.answer_all()
    await stage.run(points.archive_point, stage.organiser, point_id=point_id)
    with pytest.raises(InvalidInput):
        await stage.draft(**strategy)


async def test_a_campaign_copies_its_product(stage: Stage) -> None:
    fields = {
        "sku": "BTL-1L", "name": "Bottle 1 l", "description": "Tall.",
        "specification": {"volume": "1 l"},
        "reference_prices": [
            {"amount_minor": 2_900, "currency": "EUR", "source": "a catalogue",
             "seen_on": "2041-01-02"}
        ],
    }  # fmt: skip
    product = await stage.run(products.add_product, stage.organiser, fields=fields)
    with pytest.raises(ProductTaken):
        await stage.run(products.add_product, stage.organiser, fields=fields)
    campaign = await stage.run(
        drafts.create_campaign, stage.organiser,
        fields={"title": "Bottles", "product_id": product.id, "product_name": "Own name"},
    )  # fmt: skip
    assert (campaign.sku, campaign.product_name) == ("BTL-1L", "Own name")
    archived = await stage.run(
        products.edit_product, stage.organiser, product_id=product.id, fields={}, archived=True
    )
    assert archived.archived_at == stage.now
    with pytest.raises(InvalidInput):
        await stage.draft(product_id=product.id)

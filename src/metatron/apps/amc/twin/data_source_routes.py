"""Data sources: the tables of an instance, as Amazon lists them (no thresholds, no units)."""

from typing import Any

from fastapi import APIRouter

from metatron.apps.amc.schema.facts import Table
from metatron.apps.amc.schema.loading import facts
from metatron.apps.amc.twin.desk import Instance, lacks_of, under_faults
from metatron.apps.amc.twin.paging import Limit, NextToken, cut
from metatron.apps.amc.twin.refusals import Refusal

router = APIRouter(prefix="/dataSources", tags=["data sources"])


@router.get("", dependencies=[under_faults("data_sources")])
async def data_sources(
    row: Instance, limit: Limit = 100, after: NextToken = None
) -> dict[str, Any]:
    """List the tables of the instance."""
    lacking = lacks_of(row)
    found = [_shown(table) for name, table in facts().tables.items() if name not in lacking]
    return cut(found, "dataSources", limit, after)


@router.get("/{data_source_id}", dependencies=[under_faults("data_source")])
async def data_source(data_source_id: str, row: Instance) -> dict[str, Any]:
    """Show one table."""
    table = facts().tables.get(data_source_id)
    if table is None or data_source_id in lacks_of(row):
        raise Refusal(404, f"Data source with ID {data_source_id} does not exist.")
    return _shown(table)


def _shown(table: Table) -> dict[str, Any]:
    return {
        "dataSourceId": table.name,
        "name": table.name,
        "description": table.summary,
        "columns": [
            {
                "name": column.name,
                "dataType": column.type,
                "columnType": column.kind.upper(),
                "description": column.doc,
            }
            for column in table.columns.values()
        ],
        "tags": [],
    }

"""What is kept of a client's list of tables, by the direct door."""

from metatron.apps.amc.connections.grants import granted
from metatron.kernel.database.direct import BOUND

KEPT_LIST = (
    BOUND
    + """ select r.kept from bound, lateral (
  select coalesce(i.listed, 'null')::text kept from amc.instance i
  where i.tenant_id = bound.t::uuid and i.id = $2 and """
    + granted("i.id", "$3::uuid[]")
    + " limit 1) r"
)
"""$2 the client, $3 the viewer: what is kept of its list, JSON's null where it was never asked."""

"""Imports by the direct door."""

from metatron.apps.amc.catalogue.queries import CURSOR, LIST
from metatron.kernel.database.direct import BOUND

_IMPORT = """
  select i.id, i.subject, i.file_name, i.state, i.lines, i.added, i.changed, i.unchanged,
    i.refused, i.problems, i.asked_by, i.asked_at, i.finished_at{cursor}
  from amc.catalogue_import i where i.tenant_id = bound.t::uuid
"""
IMPORTS = LIST.format(
    statement=_IMPORT.format(cursor=", " + CURSOR.format(keys="i.asked_at, i.id"))
    + """ and ($2::text is null or (i.asked_at, i.id) < ($2::timestamptz, $3::uuid))
  order by i.asked_at desc, i.id desc limit $4"""
)
IMPORT_BY_ID = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + _IMPORT.format(cursor="")
    + " and i.id = $2 limit 1) r"
)

"""Every table with a column that names a person is told of by a module, or is listed with why."""

import re

import asyncpg

from metatron.kernel.personal_data import PersonalData
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.processes import all_modules

KINDS = [(module.name, kind) for module in all_modules() for kind in module.personal_data]
_NAMES_PERSON = re.compile(
    r"^(?!.*(?:sha256|hash|digest)).*(?:user_id|member_id|actor_id|actor|recipient|person|_by"
    r"|_by_operator|owner_id|answerable_id|organiser_id|supplier_id|assigned_to|email|address|display_name"
    r"|phone|ip|device|street|postal_code|city)$"
)
NO_PERSONS_DATA = {
    "campaigns.consolidation_point": "places of business where units are collected",
    "console.configuration": "who runs the platform, for as long as they do",
    "health.alert": "who runs the platform, for as long as they do",
    "health.alert_channel": "who runs the platform, for as long as they do",
    "health.maintenance_window": "who runs the platform, for as long as they do",
    "ledger.transfer": "sums between accounts; who triggered one is an id that leads to no name",
    "tenancy.admin_key": "who runs the platform, for as long as they do",
    "tenancy.tenant": "who made an organisation is an id, for the count of a day",
    "tenancy.operator": "who runs the platform, for as long as they do",
}
"""Tables with such a column that hold nothing of a member's, and why."""
_COLUMNS = """
select n.nspname || '.' || c.relname as name, a.attname::text as attname
from pg_attribute a join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
"""


async def test_no_table_is_forgotten(server: EmbeddedPostgres, template: str) -> None:
    connection = await asyncpg.connect(server.dsn("metatron_owner", template))
    try:
        rows = await connection.fetch(_COLUMNS)
    finally:
        await connection.close()
    told = {table for _, kind in KINDS for table in kind.tables}
    known = {row["name"] for row in rows}
    assert told <= known, f"no such tables: {sorted(told - known)}"
    named = {row["name"] for row in rows if _NAMES_PERSON.match(row["attname"])}
    needless = set(NO_PERSONS_DATA) - named | set(NO_PERSONS_DATA) & told
    assert not needless, f"take these off NO_PERSONS_DATA: {needless}"
    forgotten = sorted(
        f"{row['name']}.{row['attname']}"
        for row in rows
        if _NAMES_PERSON.match(row["attname"])
        and row["name"] not in told
        and row["name"] not in NO_PERSONS_DATA
    )
    assert not forgotten, (
        "name these tables in their module's `personal_data` (src/metatron/**/personal_data.py), "
        f"or say in NO_PERSONS_DATA why they hold nothing of a person's: {forgotten}"
    )


def test_names_are_single_and_what_stays_says_why() -> None:
    names = [f"{module}.{kind.name}" for module, kind in KINDS]
    assert len(names) == len(set(names))
    for name, (_, kind) in zip(names, KINDS, strict=True):
        assert kind.why or kind.fate == "erased", f"{name} stays: say why"
        assert kind.fate == "kept" or kind.years is None, f"{name}: years are of what is kept"


def test_what_is_erased_has_a_way_to() -> None:
    for module, kind in KINDS:
        if kind.fate == "erased":
            assert _ways(kind), f"{module}.{kind.name} says it is erased, and nothing does it"


def _ways(kind: PersonalData) -> bool:
    return bool(kind.erase) or kind.work is not None or kind.ends_with_account

"""What a process keeps by a key, and what it names in Redis: one tenant's is never another's.

Every such place was looked at and says here what its keys are made of. Another one fails this test
until its keys are written down: a key holds the tenant, or what it finds belongs to no tenant.
"""

import ast
import re

from tests.style.tree import functions, modules

KEPT_BY = {
    "kernel/database/direct.py": "ids as text; statements",
    "kernel/database/many_rows.py": "tables' shapes",
    "kernel/database/router.py": "addresses of databases: a dedicated tenant's is its own",
    "kernel/database/template.py": "folders of migrations",
    "kernel/events/feed.py": "ids of events, of one listener",
    "kernel/tokens.py": "SHA-256 of whole tokens, which name their tenant",
    "platform/gateway/cache.py": "the cache itself; its keys stand in people.py",
    "platform/gateway/client_address.py": "addresses of callers",
    "platform/gateway/limits.py": "limits, as header lines",
    "platform/gateway/people.py": "(tenant, user); SHA-256 of a key, which names its tenant;"
    " operators, who belong to no tenant",
    "platform/gateway/shares.py": "callers: `tenant/<id>/person/<id>`, `ip/<address>`",
    "platform/gateway/windows.py": "callers, as in shares.py",
    "platform/notifications/templates.py": "templates of the program",
    "platform/tenancy/member_list.py": "sort orders",
    "platform/tenancy/rights.py": "names of built-in roles",
    "platform/tenancy/registry.py": "tenants",
    "apps/amc/amazon/pacing.py": "(connection, kind of call): a connection is one tenant's",
    "apps/amc/connections/renewing.py": "connections, each one tenant's",
    "apps/amc/runs/results/turnstile.py": "tenants",
    "apps/amc/boards/queries.py": "sort orders",
    "apps/amc/catalogue/queries.py": "sort orders",
    "apps/amc/collections/queries.py": "sort orders",
    "apps/amc/connections/queries.py": "sort orders",
    "apps/amc/destinations/queries.py": "sort orders",
    "apps/amc/library/queries.py": "sort orders",
    "apps/amc/recurring/queries.py": "sort orders",
    "apps/amc/runs/alert_queries.py": "sort orders",
    "apps/amc/runs/queries.py": "sort orders",
    "apps/amc/schema/listing.py": "what is kept of a list of tables, whole: equal ones are alike",
    "apps/amc/workbench/documents.py": "the same",
    "apps/campaigns/edge/queries.py": "sort orders",
    "apps/campaigns/edge/campaign_views.py": "states; rows, whole: equal ones are alike",
    "apps/campaigns/machine/transitions.py": "states and names of steps",
    "apps/campaigns/wording.py": "texts of the program",
}
KEEPERS = re.compile(
    r"^(OrderedDict|FactCache|WeakValueDictionary|(functools\.)?(lru_cache|cache))\b"
)
REDIS_PLACES = {
    "kernel/redis_door.py": "the door itself",
    "kernel/streams/carrying.py": "modules' streams: the installation's, for services",
    "kernel/streams/following.py": "modules' streams",
    "kernel/streams/reactions.py": "modules' streams",
    "platform/gateway/redis_leases.py": "SHA-256 of callers, which hold their tenant",
    "platform/health/redis_check.py": "none: the server's own figures",
}


def _keeps_by_a_key(tree: ast.Module) -> bool:
    """Tell whether anything is kept by a key; what takes no argument has none."""
    constant = {
        id(part)
        for node in functions(tree)
        if not ast.unparse(node.args)
        for decorator in node.decorator_list
        for part in ast.walk(decorator)
    }
    return any(
        KEEPERS.match(ast.unparse(node))
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in constant
    )


def test_every_place_that_keeps_by_a_key_was_looked_at() -> None:
    found = {
        str(path).removeprefix("src/metatron/")
        for path, tree in modules().items()
        if _keeps_by_a_key(tree)
    }
    assert found == set(KEPT_BY), "say in KEPT_BY what the keys are made of: the tenant, or why not"


def test_redis_is_spoken_to_in_few_places() -> None:
    found = {
        str(path).removeprefix("src/metatron/")
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Lambda) and [arg.arg for arg in node.args.args] == ["redis"]
    }
    assert found <= set(REDIS_PLACES), "say in REDIS_PLACES what its keys are made of"

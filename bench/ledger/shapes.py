"""What is measured: each shape as a pgbench script for either ledger.

Ours is called as the application's direct door calls it: one statement that binds the tenant and
books, with ids made by the client (the idempotency keys) and the three words of every transfer.
"""

from dataclasses import dataclass

from bench.ledger.stand import ACCOUNTS, HOT, SHARD_BASE, WORDS

_BOUND = "with bound as materialized (select set_config('app.tenant_id', :tenant, true) t)"


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of load. `items`: transfers in one transaction of the script.

    With `callers` ours is not driven by pgbench: as many members call the micro-batcher at once.
    """

    name: str
    ours: str
    pgledger: str
    goal: float
    clients: int = 20
    items: int = 1
    callers: int = 0


def _uuid(number: str) -> str:
    return f"('00000000-0000-7000-8000-' || lpad(({number})::text, 12, '0'))::uuid"


def _text_id(number: str) -> str:
    return f"('pgla_' || lpad(({number})::text, 26, '0'))"


def _pair(accounts: int) -> str:
    return (
        f"\\set d random(1, {accounts})\n"
        f"\\set c 1 + (:d - 1 + random(1, {accounts - 1})) % {accounts}\n"
    )


def _ours_one(debit: str, credit: str, **more: str) -> str:
    words = "".join(f", '{word}'" for word in WORDS)
    rest = "".join(f", {name} => {value}" for name, value in more.items())
    return (
        f"{_BOUND} select r.status from bound, lateral ledger.create_transfer("
        f"uuidv7(), {debit}, {credit}, 2500, 978, 1{words}{rest}) r;\n"
    )


def _peer_one(debit: str, credit: str) -> str:
    return f"select id from pgledger_create_transfer({debit}, {credit}, 2500);\n"


def single(name: str, accounts: int, goal: float) -> Shape:
    """One transfer in its own transaction between two random accounts."""
    pair = _pair(accounts)
    return Shape(
        name,
        pair + _ours_one(_uuid(":d::bigint"), _uuid(":c::bigint")),
        pair + _peer_one(_text_id(":d::bigint"), _text_id(":c::bigint")),
        goal,
    )


def hot(name: str, goal: float, *, shards: int = 0, callers: int = 0) -> Shape:
    """Everybody into one account; ours into one of its shards when it has some."""
    pair = f"\\set d random(1, {ACCOUNTS})\n"
    target = str(HOT)
    if shards:
        pair += f"\\set c {SHARD_BASE} + random(0, {shards - 1})\n"
        target = ":c::bigint"
    return Shape(
        name,
        pair + _ours_one(_uuid(":d::bigint"), _uuid(target)),
        pair + _peer_one(_text_id(":d::bigint"), _text_id(str(HOT))),
        goal,
        callers=callers,
    )


def batch(name: str, items: int, goal: float, *, clients: int = 2) -> Shape:
    """Many transfers in one call, between random accounts."""
    # One id and its neighbours, as cheap as a client's own: the server's generator opens a file.
    own_id = "overlay(u.id::text placing lpad(to_hex(p.n), 4, '0') from 20 for 4)::uuid"
    source = (
        f"(select n, d, 1 + (d - 1 + 1 + floor(random() * {ACCOUNTS - 1})::bigint) % {ACCOUNTS} c"
        f" from (select n, 1 + floor(random() * {ACCOUNTS})::bigint d"
        f" from generate_series(1, {items}) n) s offset 0) p"
    )
    words = "".join(f", array_fill('{word}'::text, array[{items}])" for word in WORDS)
    ours = (
        f"{_BOUND} select count(*) from bound, (select array_agg({own_id}) id,"
        f" array_agg({_uuid('p.d')}) d, array_agg({_uuid('p.c')}) c from {source},"
        " (select uuidv7() id offset 0) u) a,"
        " lateral ledger.create_transfers(a.id, a.d, a.c,"
        f" array_fill(2500::bigint, array[{items}]), array_fill(978, array[{items}]),"
        f" array_fill(1, array[{items}]){words}) r where r.status = 'created';\n"
    )
    peer = (
        "select count(*) from pgledger_create_transfers(array(select"
        f" row({_text_id('p.d')}, {_text_id('p.c')}, 2500)::transfer_request from {source}));\n"
    )
    return Shape(name, ours, peer, goal, clients, items)


def two_phase(name: str, goal: float) -> Shape:
    """Hold, then post nine of ten and void one; pgledger has no holds and moves twice instead."""
    pair = _pair(ACCOUNTS) + "\\set way case when random(1, 10) = 1 then 8 else 4 end\n"
    hold = _ours_one(_uuid(":d::bigint"), _uuid(":c::bigint"), p_flags="2")
    hold = hold.replace("select r.status from bound", "select i.id as hold from bound, made i")
    hold = hold.replace("uuidv7()", "i.id", 1).replace(
        " t) ", " t), made as materialized (select uuidv7() id) ", 1
    )
    hold = hold.replace(";\n", " \\gset\n")
    words = "".join(f", '{word}'" for word in WORDS)
    end = (
        f"{_BOUND} select r.status from bound, lateral ledger.create_transfer("
        "uuidv7(), null, null, case when :way::int = 4 then 9223372036854775807 else 0 end, 0, 0"
        f"{words}, p_flags => :way::int, p_pending_id => :hold::uuid) r;\n"
    )
    there = _peer_one(_text_id(":d::bigint"), _text_id(":c::bigint"))
    back = _peer_one(_text_id(":c::bigint"), _text_id(":d::bigint"))
    return Shape(name, pair + hold + end, pair + there + back, goal, items=2)


def shapes() -> list[Shape]:
    """Return all shapes that pgbench drives."""
    return [
        single("single, 20k accounts, 20 clients", ACCOUNTS, 2.5),
        single("single, 50 accounts, 20 clients", 50, 1.0),
        hot("hot campaign, one row, single calls", 1.0),
        hot("hot campaign, 64 shards, single calls", 10.0, shards=64),
        hot("hot campaign, one row, micro-batcher, 200 callers", 10.0, callers=200),
        batch("batch 100, 2 clients", 100, 4.0),
        batch("batch 1000, 2 clients", 1000, 4.0),
        two_phase("two-phase, 20 clients (pgledger: two transfers)", 1.0),
    ]

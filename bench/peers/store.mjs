// What both peers share: the pool, credentials and the four idiomatic statements of one request.
import { createHash, randomUUID } from "node:crypto";
import pg from "pg";

export const WORKERS = Number(process.env.PEER_WORKERS ?? 2);
export const PORT = Number(process.env.PEER_PORT);
export const JWT_KEY = process.env.PEER_JWT_PUBLIC_KEY;
export const ISSUER = process.env.PEER_JWT_ISSUER;
const NAME = /^[^\p{Cc}]{1,100}$/u;

// Versions are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
export const pool = new pg.Pool({
  connectionString: process.env.PEER_DATABASE_URL,
  max: 10,
});

const keys = new Map();

/** Tenant of an API key; looked up by its hash, remembered for 30 s. */
export async function tenantOfKey(key) {
  const digest = createHash("sha256").update(key).digest();
  const name = digest.toString("hex");
  const known = keys.get(name);
  if (known && known.until > Date.now()) return known.tenant;
  const found = await pool.query({
    name: "key",
    text: "select tenant_id from bench_peer.api_key where digest = $1",
    values: [digest],
  });
  if (!found.rows.length) return null;
  keys.set(name, { tenant: found.rows[0].tenant_id, until: Date.now() + 30_000 });
  return found.rows[0].tenant_id;
}

/** Runs `work` in a transaction bound to the tenant, as row-level security wants it. */
export async function bound(tenant, work) {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query({
      name: "bind",
      text: "select set_config('app.tenant_id', $1, true)",
      values: [tenant],
    });
    const answer = await work(client);
    await client.query("commit");
    return answer;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

export const readOne = (tenant, id) =>
  bound(tenant, async (client) => {
    const found = await client.query({
      name: "one",
      text: `select id, name, state, created_at, version from tenancy.application
             where tenant_id = $1 and id = $2 and state = 'active'`,
      values: [tenant, id],
    });
    return found.rows[0] ?? null;
  });

export const readPage = (tenant, limit) =>
  bound(tenant, async (client) => {
    const found = await client.query({
      name: "page",
      text: `select id, name, state, created_at, version from tenancy.application
             where tenant_id = $1 and state = 'active' order by id limit $2`,
      values: [tenant, limit + 1],
    });
    const items = found.rows.slice(0, limit);
    const last = items.at(-1);
    const more = found.rows.length > limit;
    const cursor = () => Buffer.from(JSON.stringify([last.id])).toString("base64url");
    return { items, next_cursor: more ? cursor() : null, count: null };
  });

/** Sorted by time of making, as ids of this database are. */
function newId() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

export const write = (tenant, actor, name) =>
  bound(tenant, async (client) => {
    const id = newId();
    const event = newId();
    const made = await client.query({
      name: "insert",
      text: `insert into tenancy.application (tenant_id, id, name, created_at)
             values ($1, $2, $3, now()) returning id, name, state, created_at, version`,
      values: [tenant, id, name],
    });
    await client.query({
      name: "event",
      text: `insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, actor_id,
               request_id, payload, occurred_at)
             values ($1, $2, 'tenancy.application_created.v1', $3, 'user', $4, $5, $6, now())`,
      values: [tenant, event, id, actor, randomUUID(), JSON.stringify({ aggregate_id: id })],
    });
    await client.query({
      name: "outbox",
      text: `insert into kernel.outbox (tenant_id, id, kind, name)
             values ($1, $2, 'event', 'tenancy.application_created.v1')`,
      values: [tenant, event],
    });
    return made.rows[0];
  });

export const validName = (body) => typeof body?.name === "string" && NAME.test(body.name);

// The peer in Express 5 with jsonwebtoken; verified tokens are remembered until they expire.
import cluster from "node:cluster";
import express from "express";
import jwt from "jsonwebtoken";
import {
  ISSUER, JWT_KEY, PORT, WORKERS, readOne, readPage, tenantOfKey, validName, write,
} from "./store.mjs";

const verified = new Map();

function claimsOf(token) {
  const known = verified.get(token);
  if (known && known.exp * 1000 > Date.now()) return known;
  const claims = jwt.verify(token, JWT_KEY, {
    algorithms: ["RS256"],
    issuer: ISSUER,
    audience: "metatron",
  });
  if (verified.size > 50_000) verified.clear();
  verified.set(token, claims);
  return claims;
}

async function authenticate(request, response, next) {
  try {
    const bearer = request.get("authorization");
    const key = request.get("x-api-key");
    if (bearer) {
      const claims = claimsOf(bearer.slice(7));
      request.tenant = claims.tid;
      request.actor = claims.sub;
    } else if (key) request.tenant = await tenantOfKey(key);
  } catch {
    request.tenant = null;
  }
  if (!request.tenant) return response.status(401).json({ code: "unauthenticated" });
  next();
}

function application() {
  const app = express();
  app.disable("x-powered-by");
  app.use(authenticate);
  app.use(express.json({ limit: "1mb" }));
  app.get("/api/v1/applications/:id", async (request, response) => {
    const row = await readOne(request.tenant, request.params.id);
    if (row) response.json(row);
    else response.status(404).json({ code: "not_found" });
  });
  app.get("/api/v1/applications", async (request, response) => {
    const limit = Number(request.query.limit ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > 200)
      return response.status(422).json({ code: "invalid_input" });
    response.json(await readPage(request.tenant, limit));
  });
  app.post("/api/v1/applications", async (request, response) => {
    if (!validName(request.body)) return response.status(422).json({ code: "invalid_input" });
    response.status(201).json(await write(request.tenant, request.actor, request.body.name));
  });
  return app;
}

if (cluster.isPrimary) for (let i = 0; i < WORKERS; i += 1) cluster.fork();
else application().listen(PORT, "127.0.0.1");

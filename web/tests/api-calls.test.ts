// What the page asks for must be there: each path and method that a file names, and in a body that is
// written out there each field; types of answers are held against the document by api-drift.ts.
import ts from "typescript";
import { describe, expect, it } from "vitest";

import { asked, hole, operationsOf, plain, type Operation } from "./asked";
import { misfitsOf, seen } from "./body-types";

/** What is wrong with the body for an operation; nothing when it is not written out. */
function faults(body: ts.Expression | undefined, operation: Operation): string[] {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (body === undefined || !ts.isObjectLiteralExpression(body)) return [];
  const names = body.properties.flatMap((each) => (each.name === undefined ? [] : [each.name.getText().replaceAll('"', "")]));
  if (schema === undefined) return names.length === 0 ? [] : [`takes no body, is given ${names.join(", ")}`];
  const shapes = plain(schema);
  if (shapes.some((shape) => shape.properties === undefined)) return [];
  const known = new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {})));
  const unknown = names.filter((name) => !known.has(name)).map((name) => `does not know ${name}`);
  const whole = body.properties.every((each) => !ts.isSpreadAssignment(each));
  const needed = shapes.length === 1 && whole ? (shapes[0]?.required ?? []) : [];
  return [...unknown, ...needed.filter((name) => !names.includes(name)).map((name) => `needs ${name}`)];
}

describe("what the page asks for", () => {
  it("is found in its files", () => {
    expect(asked.length).toBeGreaterThan(150);
    expect(asked.filter((call) => call.body !== undefined).length).toBeGreaterThan(40);
  });

  it("is offered at that path by that method", () => {
    const missing = asked.filter((call) => operationsOf(call).length === 0);
    expect(missing.map(({ place, method, path }) => `${place} ${method} ${path.replaceAll(hole, "…")}`)).toEqual([]);
  });

  it("carries the fields that are known there, and those that are needed", () => {
    const wrong = asked.flatMap((call) => {
      const found = operationsOf(call).map((operation) => faults(call.body, operation));
      return found.length > 0 && found.every((each) => each.length > 0) ? [`${call.place} ${call.method} ${call.path}: ${found[0]?.join("; ") ?? ""}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it("carries values of the types that are taken there", () => {
    const wrong = asked.flatMap((call) => misfitsOf(call).map((fault) => `${call.place} ${call.method} ${call.path.replaceAll(hole, "…")}: ${fault}`));
    expect(wrong).toEqual([]);
    expect(seen.compared).toBeGreaterThan(200);
  });
});

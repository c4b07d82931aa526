// What a body may hold, by the compiler's knowledge of it, must be what the document takes there: a
// number where it wants a text, a null where it wants none, a word that it does not list.
import ts from "typescript";

import { checker, operationsOf, plain, type Call, type Schema } from "./asked";

const kinds: [ts.TypeFlags, string[]][] = [
  [ts.TypeFlags.StringLike, ["string"]],
  [ts.TypeFlags.NumberLike, ["number", "integer"]],
  [ts.TypeFlags.BooleanLike, ["boolean"]],
  [ts.TypeFlags.Null, ["null"]],
];
const unknowable = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter | ts.TypeFlags.Conditional;
export const seen = { compared: 0 };

function isListed(type: ts.Type, schema: Schema): boolean {
  const listed = schema.const === undefined ? schema.enum : [schema.const];
  return listed === undefined || !type.isStringLiteral() || listed.includes(type.value);
}

/** What is wrong with one of the types a value may have. */
function misfits(type: ts.Type, shapes: Schema[], place: string, at: ts.Node, needed: boolean): string[] {
  if (type.isUnion()) return type.types.flatMap((each) => misfits(each, shapes, place, at, needed));
  if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)) return needed ? [`${place} may be missing`] : [];
  if (type.flags & unknowable || shapes.some((shape) => shape.type === undefined && shape.const === undefined && shape.properties === undefined)) return [];
  seen.compared += 1;
  const told = checker.typeToString(type);
  const kind = kinds.find(([flags]) => type.flags & flags);
  if (kind !== undefined) {
    const fitting = shapes.filter((shape) => kind[1].includes(shape.type ?? typeof shape.const));
    return fitting.some((shape) => isListed(type, shape)) ? [] : [`${place} may be ${told}`];
  }
  const items = checker.isArrayLikeType(type) ? checker.getIndexTypeOfType(type, ts.IndexKind.Number) : undefined;
  const wanted = shapes.filter((shape) => (items === undefined ? shape.type === "object" : shape.type === "array"));
  if (wanted.length === 0) return [`${place} may be ${told}`];
  if (items !== undefined) {
    const inside = wanted.flatMap((shape) => (shape.items === undefined ? [] : plain(shape.items)));
    return inside.length === 0 ? [] : misfits(items, inside, `${place}[]`, at, false);
  }
  // Of several objects any may be meant; only one is compared field by field.
  const [shape, ...others] = wanted;
  if (others.length > 0 || shape?.properties === undefined) return [];
  return fields(type, shape, place, at);
}

function fields(type: ts.Type, shape: Schema, place: string, at: ts.Node): string[] {
  const given = new Map(type.getProperties().map((property) => [property.name, property]));
  const required = new Set(shape.required);
  const lacking = type.getStringIndexType() ? [] : [...required].filter((name) => !given.has(name)).map((name) => `${place} lacks ${name}`);
  const wrong = [...given].flatMap(([name, property]) => {
    const field = shape.properties?.[name];
    const own = checker.getTypeOfSymbolAtLocation(property, at);
    if (own.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)) return [];
    if (field === undefined) return [`${place} does not know ${name}`];
    return misfits(own, plain(field), `${place}.${name}`, at, required.has(name));
  });
  return [...lacking, ...wrong];
}

/** Nothing when one of the operations that the path may reach takes what the body may hold. */
export function misfitsOf({ body, ...call }: Call): string[] {
  if (body === undefined) return [];
  const all = operationsOf({ body, ...call }).map((operation) => {
    const schema = operation.requestBody?.content["application/json"]?.schema;
    return schema === undefined ? [] : misfits(checker.getTypeAtLocation(body), plain(schema), "body", body, true);
  });
  return all.some((each) => each.length === 0) ? [] : (all[0] ?? []);
}

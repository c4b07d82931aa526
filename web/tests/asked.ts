// What the page asks of the API: each call that a file of it makes, and the operations of the document
// that it may reach.
import { globSync, readFileSync } from "node:fs";

import ts from "typescript";

export interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  $ref?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: unknown;
}
export interface Operation {
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
}
interface Api {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
export interface Call {
  place: string;
  method: string;
  path: string;
  body: ts.Expression | undefined;
}

const api = JSON.parse(readFileSync("openapi.json", "utf8")) as Api;
export const hole = "\u0000";
const methods: Record<string, string> = {
  get: "get", getTagged: "get", keepFile: "get", getFile: "get", openStream: "get",
  post: "post", postFile: "post", patch: "patch", put: "put", remove: "delete",
};
const { config } = ts.readConfigFile("tsconfig.json", (name) => ts.sys.readFile(name)) as { config: unknown };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const names = globSync("src/**/*.{ts,tsx}");
const program = ts.createProgram(names, options);
export const checker = program.getTypeChecker();
const files = names.flatMap((name) => program.getSourceFile(name) ?? []);

function* nodes(root: ts.Node): Generator<ts.Node> {
  yield root;
  for (const child of root.getChildren()) yield* nodes(child);
}

/** Constants by name; a name that two of them have tells nothing. */
function constants(of: ts.SourceFile[]): Map<string, ts.Expression | null> {
  const found = new Map<string, ts.Expression | null>();
  for (const file of of)
    for (const node of nodes(file))
      if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
        found.set(node.name.text, found.has(node.name.text) ? null : node.initializer);
  return found;
}

const everywhere = constants(files);
const here = new Map(files.map((file) => [file, constants([file])]));

/** The texts an expression may have, with a hole for what only a run knows; none for what is all hole. */
function texts(node: ts.Expression, depth = 0): string[] {
  if (depth > 6) return [];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return texts(node.expression, depth);
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue, depth), ...texts(node.whenFalse, depth)];
  if (ts.isIdentifier(node)) {
    const local = here.get(node.getSourceFile());
    const value = local?.has(node.text) === true ? local.get(node.text) : everywhere.get(node.text);
    return value ? texts(value, depth + 1) : [];
  }
  if (!ts.isTemplateExpression(node)) return [];
  let found = [node.head.text];
  for (const span of node.templateSpans) {
    const inner = texts(span.expression, depth + 1);
    found = found.flatMap((text) => (inner.length > 0 ? inner : [hole]).map((more) => text + more + span.literal.text));
  }
  return found;
}

function* calls(): Generator<Call> {
  for (const file of files)
    for (const node of nodes(file)) {
      const place = `${file.fileName}:${String(file.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`;
      if (ts.isJsxAttribute(node) && node.name.getText() === "path" && node.parent.parent.tagName.getText() === "RecordList") {
        const value = node.initializer;
        const expression = value !== undefined && ts.isJsxExpression(value) ? value.expression : value;
        if (expression !== undefined && ts.isExpression(expression))
          for (const path of texts(expression)) yield { place, method: "get", path, body: undefined };
      }
      if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) continue;
      let method = methods[node.expression.text];
      let [first, body] = node.arguments;
      if (node.expression.text === "call" && first !== undefined && ts.isStringLiteral(first)) {
        method = first.text.toLowerCase();
        [, first, body] = node.arguments;
        const given = body !== undefined && ts.isObjectLiteralExpression(body) ? body : undefined;
        const property = given?.properties.find((each) => each.name?.getText() === "body");
        body = property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : undefined;
      }
      if (node.expression.text === "keepFile" && node.arguments[3]?.getText() === '"POST"') method = "post";
      if (method === undefined || first === undefined) continue;
      for (const path of texts(first)) yield { place, method, path, body: ["post", "put", "patch"].includes(method) ? body : undefined };
    }
}

function fits(asked: string, offered: string): boolean {
  const [mine, theirs] = [asked.split("/"), offered.split("/")];
  return (
    mine.length === theirs.length &&
    mine.every((part, index) => {
      const other = theirs[index] ?? "";
      return part === other || other.startsWith("{") || part === hole;
    })
  );
}

export function operationsOf({ method, path }: Call): Operation[] {
  const asked = path.split("?")[0] ?? "";
  return Object.entries(api.paths)
    .filter(([offered]) => fits(asked, offered.replace(/^\/api\/v1/, "")) || fits(asked, offered))
    .flatMap(([, item]) => item[method] ?? []);
}

export function plain(schema: Schema): Schema[] {
  if (schema.$ref !== undefined) return plain(api.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return parts.length > 0 ? parts.flatMap(plain) : [schema];
}

export const asked = [...calls()].filter((call) => call.path.startsWith("/"));

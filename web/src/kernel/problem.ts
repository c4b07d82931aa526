import type { FieldError, ProblemDocument } from "./api-types";

/** An answer of the server that is not a success, or no answer at all (status 0, code "network"). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly errors: FieldError[];
  readonly permission: string | null;

  constructor(document: ProblemDocument) {
    super(document.title);
    this.name = "Problem";
    this.status = document.status;
    this.code = document.code;
    this.detail = document.detail ?? null;
    this.requestId = document.request_id ?? null;
    this.errors = document.errors ?? [];
    this.permission = document.permission ?? null;
  }

  get forbidden(): boolean {
    return this.status === 403;
  }

  get missing(): boolean {
    return this.status === 404;
  }

  /** The address itself names nothing: there is no such record, or what stands there is no id at all. */
  get namesNothing(): boolean {
    return this.missing || (this.status === 422 && this.errors.length > 0 && this.errors.every(({ field }) => field.startsWith("path.")));
  }

  /** What a person should read: the detail when there is one, else the title. */
  get said(): string {
    return this.detail ?? this.message;
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({
    type: "about:blank",
    title: error instanceof Error ? error.message : "Something did not work",
    status: 0,
    code: "unexpected",
  });
}

export function noAnswer(): Problem {
  return new Problem({
    type: "about:blank",
    title: "The server did not answer",
    detail: "Check the connection and try again. Nothing was changed by this attempt as far as the page knows.",
    status: 0,
    code: "network",
  });
}

/** Reads a refusal; a body that is no problem document (a proxy's page) still becomes a Problem. */
export async function readProblem(response: Response): Promise<Problem> {
  const fallback: ProblemDocument = {
    type: "about:blank",
    title: `The server answered ${String(response.status)}`,
    status: response.status,
    code: "unreadable",
    request_id: response.headers.get("x-request-id"),
  };
  if (!(response.headers.get("content-type") ?? "").includes("json")) return new Problem(fallback);
  try {
    const document = (await response.json()) as Partial<ProblemDocument>;
    return new Problem({ ...fallback, ...document, status: response.status });
  } catch {
    return new Problem(fallback);
  }
}

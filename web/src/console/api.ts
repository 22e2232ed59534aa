/** Asks the server, and says in one shape what went wrong. */

export type ProblemKind = "login" | "unreachable" | "forbidden" | "missing" | "busy" | "server";

/** Why something is not there; `texts.problems` says it in words, with what to do. */
export class ApiError extends Error {
  readonly kind: ProblemKind;
  readonly body: unknown;

  constructor(kind: ProblemKind, body: unknown = null) {
    super(kind);
    this.name = "ApiError";
    this.kind = kind;
    this.body = body;
  }
}

const BASE = "api/console/";
const LATEST_KEPT = 40;

type Query = Readonly<Record<string, string | number | undefined>>;

/** The console's API. Keeps the latest answers, so that a view that is opened again shows something at once. */
export class Api {
  readonly #latest = new Map<string, unknown>();
  readonly #onLogin: () => void;

  /** @param onLogin told when the server wants to know who asks. */
  constructor(onLogin: () => void) {
    this.#onLogin = onLogin;
  }

  /** @throws ApiError */
  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const address = addressOf(path, query);
    const answer = await this.#ask<T>(address, signal === undefined ? {} : { signal });
    this.#keep(address, answer);
    return answer;
  }

  /** What `get` answered last; undefined before that. */
  latest(path: string, query: Query = {}): unknown {
    return this.#latest.get(addressOf(path, query));
  }

  /** @throws ApiError; one with `body` where the server says what is wrong with what was sent. */
  async post<T>(path: string, body: unknown): Promise<T> {
    const headers = { "Content-Type": "application/json" };
    return this.#ask<T>(addressOf(path, {}), { method: "POST", headers, body: JSON.stringify(body) });
  }

  /**
   * Goes out even from a page that is being left.
   *
   * @throws ApiError
   */
  async delete(path: string): Promise<void> {
    await this.#ask(addressOf(path, {}), { method: "DELETE", keepalive: true });
  }

  async #ask<T>(address: string, init: RequestInit): Promise<T> {
    const response = await reached(fetch(address, { ...init, credentials: "same-origin", cache: "no-store" }));
    const body: unknown = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok) return body as T;
    const kind = kindOf(response.status);
    if (kind === "login") this.#onLogin();
    throw new ApiError(kind, body);
  }

  #keep(address: string, answer: unknown): void {
    this.#latest.delete(address);
    this.#latest.set(address, answer);
    const oldest = this.#latest.keys().next();
    if (this.#latest.size > LATEST_KEPT && !oldest.done) this.#latest.delete(oldest.value);
  }
}

export function kindOf(status: number): ProblemKind {
  if (status === 401) return "login";
  if (status === 403) return "forbidden";
  if (status === 404) return "missing";
  return status === 429 || status === 503 ? "busy" : "server";
}

async function reached(asked: Promise<Response>): Promise<Response> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("unreachable");
  }
}

function addressOf(path: string, query: Query): string {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(set).toString();
  return `${BASE}${path}${search === "" ? "" : `?${search}`}`;
}

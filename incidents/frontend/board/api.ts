/** The API of incidents. Every failure is a `Problem` whose message a person can act on. */
import { board, t } from "./page.ts";

export class Problem extends Error {
  readonly status: number;
  constructor(status: number, body: Record<string, unknown>) {
    super(String(body["detail"] ?? body["title"] ?? t("noAnswer")));
    this.status = status;
  }
}

export type Query = Record<string, string>;

export function address(path: string, query: Query = {}): string {
  const url = new URL(board.api + (path || "/"), location.href);
  for (const [name, value] of Object.entries(query)) if (value !== "") url.searchParams.set(name, value);
  return url.href;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>(address(path, query), { ...(signal ? { signal } : {}) });
}

/** Each writing has a key of its own: asked again after a lost answer, it is done once. */
export async function post<T>(path: string, body: unknown, version?: number): Promise<T> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers: Record<string, string> = { "Content-Type": "application/json", "X-CSRFToken": token, "Idempotency-Key": crypto.randomUUID() };
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  return ask<T>(address(path), { method: "POST", headers, body: JSON.stringify(body) });
}

/** A photo of the work under a uid of its own; the same again is the same photo. */
export async function putPhoto(code: string, uid: string, photo: Blob): Promise<void> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers = { "Content-Type": photo.type || "application/octet-stream", "X-CSRFToken": token };
  await ask<unknown>(address(`/${code}/photos/${uid}`), { method: "PUT", headers, body: photo });
}

async function ask<T>(url: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, { ...init, headers: { Accept: "application/json", ...init.headers } });
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new Problem(0, {});
  }
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (!answer.ok) throw new Problem(answer.status, body);
  return body as T;
}

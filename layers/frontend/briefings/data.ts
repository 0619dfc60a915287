/** What the page of reports gets from Django (layers/briefings/pages.py) and from the API (layers/briefings/api.py). */
import { readPage, type Page } from "@core/page.ts";

import type { Kind } from "../analysis/data.ts";

export interface Report {
  uid: string;
  kind_title: string;
  title: string;
  state: string;
  busy: boolean;
  step: string;
  failure: string;
  files: Record<string, string>;
  created_at: string;
}

export interface Link {
  uid: string;
  address: string;
  expires_at: string;
  revoked: boolean;
  opened: number;
}

export interface Schedule {
  uid: string;
  kind_title: string;
  every_text: string;
  next_at: string;
}

interface ReportsData {
  api: string;
  one: string;
  kinds: Kind[];
  units: [string, string][];
  every: [string, string][];
  words: Record<string, string>;
}

export const data = (readPage() as Page & { reports: ReportsData }).reports;
export const pageOf = (uid: string): string => data.one.replace("{uid}", encodeURIComponent(uid));

/** A sentence of the page in the reader's language; `{name}` is replaced by the value of that name. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = data.words[key];
  if (text === undefined) throw new Error(`The page has no word “${key}”.`);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const token = (): string => document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";

async function ask<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const sent: RequestInit = { method, headers };
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = token();
    sent.body = JSON.stringify(body ?? {});
  }
  const answer = await fetch(data.api + path, sent).catch(() => null);
  if (answer === null) throw new Error(t("noAnswer"));
  const found = (await answer.json().catch(() => ({}))) as { detail?: string };
  if (!answer.ok) throw new Error(found.detail ?? t("noAnswer"));
  return found as T;
}

export const api = {
  list: () => ask<Report[]>(""),
  schedules: () => ask<Schedule[]>("/schedules"),
  ask: (kind: string, parameters: Record<string, string>) => ask<Report>("", "POST", { kind, parameters }),
  plan: (kind: string, parameters: Record<string, string>, every: string) => ask<Schedule>("/schedules", "POST", { kind, parameters, every }),
  unplan: (uid: string) => ask<unknown>(`/schedules/${uid}`, "DELETE"),
  share: (uid: string) => ask<Link>(`/${uid}/links`, "POST", {}),
  links: (uid: string) => ask<Link[]>(`/${uid}/links`),
  revoke: (uid: string) => ask<Link>(`/links/${uid}/revoke`, "POST"),
};

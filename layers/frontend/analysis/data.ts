/** What the analysis pages get from Django (layers/analysis/pages.py) and from the API (layers/analysis/api.py). */
import type { LayerSpecification } from "maplibre-gl";

import { readPage, type Bounds, type LegendEntry, type Page } from "@core/page.ts";

export interface Parameter {
  name: string;
  kind: "layer" | "filter" | "field" | "number" | "choice" | "date" | "unit" | "raster" | "text";
  label: string;
  hint: string;
  required: boolean;
  default: string | number | null;
  geometries?: string[];
  timed?: boolean;
  of?: string;
  numeric?: boolean;
  low?: number;
  high?: number;
  unit?: string;
  whole?: boolean;
  options?: [string, string][];
}

export interface Kind {
  name: string;
  title: string;
  abstract: string;
  parameters: Parameter[];
}

export interface Result {
  rows: number;
  columns: { name: string; alias: string }[];
  facts: [string, number | string][];
  bounds: Bounds | null;
  sample: (string | null)[][];
  style: Omit<LayerSpecification, "source">[];
  /** What its colours mean, and of which column. */
  legend: LegendEntry[];
  legend_title: string;
}

export interface Analysis {
  uid: string;
  kind: string;
  title: string;
  state: string;
  state_text: string;
  busy: boolean;
  step: string;
  done: number;
  total: number;
  parameters: Record<string, string | number>;
  result: Result | null;
  provenance: { inputs?: { title: string; rows: number; change: number; files?: string[] }[]; versions?: Record<string, string>; begun?: string; ended?: string; changed_meanwhile?: string[] };
  failure: string;
  layer: string | null;
  created_at: string;
  tiles: string | null;
}

interface LayerFacts {
  name: string;
  title: string;
  geometry: string;
  timed: boolean;
  fields: [string, string, boolean][];
}

interface AnalysisData {
  opened: string | null;
  api: string;
  page: string;
  one: string;
  kinds: Kind[];
  layers: LayerFacts[];
  rasters: [string, string][];
  units: [string, string][];
  may_keep: boolean;
  words: Record<string, string>;
}

export const page = readPage() as Page & { analysis: AnalysisData };
export const data = page.analysis;
export const addressOf = (uid: string): string => data.one.replace("{uid}", encodeURIComponent(uid));
export const fileOf = (uid: string, form: string): string => `${data.api}/${uid}/file?f=${form}`;

/** A sentence of the page in the reader's language; `{name}` is replaced by the value of that name. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = data.words[key];
  if (text === undefined) throw new Error(`The page has no word “${key}”.`);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const token = (): string => document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const sent: RequestInit = { headers };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = token();
    sent.method = "POST";
    sent.body = JSON.stringify(body);
  }
  const answer = await fetch(data.api + path, sent).catch(() => null);
  if (answer === null) throw new Error(t("noAnswer"));
  const found = (await answer.json().catch(() => ({}))) as { detail?: string };
  if (!answer.ok) throw new Error(found.detail ?? t("noAnswer"));
  return found as T;
}

export const api = {
  list: () => ask<Analysis[]>(""),
  one: (uid: string) => ask<Analysis>(`/${uid}`),
  ask: (kind: string, parameters: Record<string, string>) => ask<Analysis>("", { kind, parameters }),
  keep: (uid: string, title: string) => ask<Analysis>(`/${uid}/keep`, { title }),
  again: (uid: string) => ask<Analysis>(`/${uid}/again`, {}),
  cancel: (uid: string) => ask<Analysis>(`/${uid}/cancel`, {}),
};

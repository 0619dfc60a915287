/** What the upload pages get from Django (layers/uploads/pages.py) and from the API (layers/uploads/api.py). */
import { readPage, type Bounds, type Page } from "@core/page.ts";

export interface Column {
  name: string;
  alias: string;
  type: string;
  distinct?: number;
}

export interface Report {
  rows: number;
  geometry_type: string;
  columns: Column[];
  bad: number;
  faults: { row: number; text: string }[];
  sample: (string | null)[][];
  bounds: Bounds | null;
  shapes: GeoJSON.FeatureCollection;
  remarks: string[];
}

export interface RasterLook {
  kind: "natural" | "ramp" | "hillshade" | "relief";
  bands: number[];
  expression: string;
  colours: string;
  reverse: boolean;
  low: number | null;
  high: number | null;
  azimuth: number;
  altitude: number;
  exaggeration: number | null;
}

/** A raster, examined or published (layers/uploads/shown_rasters.py). */
export interface RasterAbout {
  srid: number;
  width: number;
  height: number;
  pixel: [number, number];
  dtype: string;
  bands: { number: number; name: string; min: number; max: number; mean: number }[];
  taken: string | null;
  preview: string;
  scenes: { taken: string | null; size: number; bounds: Bounds }[];
  look: RasterLook;
  kinds: RasterLook["kind"][];
  colours: string[];
}

export interface Upload {
  uid: string;
  name: string;
  state: string;
  state_text: string;
  busy: boolean;
  step: string;
  done: number;
  total: number;
  asked: Record<string, unknown>;
  question: { code: string; text: string; params: Record<string, unknown> } | null;
  report: (Report & Partial<RasterAbout>) | null;
  kind: "features" | "coverage";
  failure: string;
  layer: string | null;
  plan: { mode?: string; target?: string };
  created_at: string;
}

export interface Look {
  kind: "single" | "categorised" | "graduated" | "heat";
  field?: string;
  colour?: string;
  classes?: [string | number | boolean, string][];
  breaks?: number[];
  colours?: string[];
  top?: number;
}

export interface Version {
  number: number;
  mode_text: string;
  kept: boolean;
  rows: number | null;
  source: string | null;
  author: string | null;
  at: string;
}

export interface OwnLayer {
  name: string;
  title: string;
  public: boolean;
  geometry_type: string;
  srid: number;
  key: string | null;
  columns: Column[];
  label: string | null;
  look: Look | null;
  rows: number;
  source: string;
  versions: Version[];
  raster: RasterAbout | null;
}

interface UploadsData {
  opened: string | null;
  layer: string | null;
  api: string;
  page: string;
  one: string;
  one_layer: string;
  zones: { code: string; name: string }[];
  may_open: boolean;
  words: Record<string, string>;
}

export const page = readPage() as Page & { uploads: UploadsData };
export const data = page.uploads;
export const addressOf = (uid: string): string => data.one.replace("{uid}", encodeURIComponent(uid));
export const layerAddress = (name: string): string => data.one_layer.replace("{name}", encodeURIComponent(name));

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
  return said<T>(answer.status, await answer.text());
}

function said<T>(status: number, text: string): T {
  let found: { detail?: string } = {};
  try {
    found = JSON.parse(text) as { detail?: string };
  } catch {
    // A page of a proxy in between: its status says enough.
  }
  if (status >= 400 || status === 0) throw new Error(found.detail ?? t("noAnswer"));
  return found as T;
}

const layer = (name: string): string => `/layers/${encodeURIComponent(name)}`;

export const api = {
  list: () => ask<Upload[]>(""),
  one: (uid: string) => ask<Upload>(`/${uid}`),
  answer: (uid: string, answers: unknown) => ask<Upload>(`/${uid}/answers`, "POST", answers),
  confirm: (uid: string, plan: unknown) => ask<Upload>(`/${uid}/confirm`, "POST", plan),
  cancel: (uid: string) => ask<Upload>(`/${uid}/cancel`, "POST"),
  layers: () => ask<OwnLayer[]>("/layers"),
  layer: (name: string) => ask<OwnLayer>(layer(name)),
  proposal: (name: string, kind: string, query: Record<string, string>) => ask<Look>(`${layer(name)}/looks/${kind}?${new URLSearchParams(query).toString()}`),
  look: (name: string, body: { look?: Look | RasterLook; label?: string }) => ask<OwnLayer>(`${layer(name)}/look`, "PUT", body),
  share: (name: string, body: unknown) => ask<OwnLayer>(layer(name), "PATCH", body),
  restore: (name: string, number: number) => ask<Upload>(`${layer(name)}/versions/${number}/restore`, "POST"),
  remove: (name: string) => ask<Upload>(layer(name), "DELETE"),
};

/** Sends a file; `progress` hears how many percent went out. fetch cannot tell, hence XMLHttpRequest. */
export function bring(form: FormData, progress: (percent: number) => void): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", data.api);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => progress(Math.round((100 * loaded) / Math.max(total, 1)));
    request.onerror = () => reject(new Error(t("noAnswer")));
    request.onload = () => {
      try {
        resolve(said<Upload>(request.status, request.responseText));
      } catch (problem) {
        reject(problem as Error);
      }
    };
    request.send(form);
  });
}

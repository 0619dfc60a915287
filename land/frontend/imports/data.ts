/** What the import page gets from Django (land/workspace/import_pages.py) and from the API (land/api/imports.py). */
import { land, t } from "../workspace/page.ts";
import { Problem } from "../workspace/api.ts";

export interface Job {
  uid: string;
  unit: string;
  unit_code: string;
  name: string;
  author: string;
  approver: string;
  note: string;
  may: { change: boolean; approve: boolean };
  state: "queued" | "checking" | "checked" | "submitted" | "refused" | "confirmed" | "writing" | "done" | "cancelled" | "failed";
  state_text: string;
  asked: { srid: number | null; axes: string; script: string; sheet: number | null };
  understood_text: string[];
  step: string;
  done: number;
  total: number;
  parcels: number;
  bad: number;
  hopeless: boolean;
  counts: { code: string; is_error: boolean; count: number; title: string }[];
  area_m2: number | null;
  sheets: { sheet: number | null; parcels: number; wkt: string }[];
  bounds: [number, number, number, number] | null;
  failure: string;
  change_seq: number | null;
  created_at: string;
}

export interface Fault {
  code: string;
  is_error: boolean;
  detail: string;
  labels: string[];
  rows: number[];
  place: [number, number] | null;
  wkt: string | null;
}

export interface Outlines {
  features: { properties: { label: string; use: string; bad: boolean }; geometry: { coordinates: number[][][] } }[];
  total: number;
}

interface ImportData {
  opened: string | null;
  page: string;
  one: string;
  units: { code: string; name: string; bounds: [number, number, number, number] }[];
  zones: { code: string; name: string }[];
}

export const data = (land as unknown as { imports: ImportData }).imports;
export const addressOf = (uid: string): string => data.one.replace("{uid}", encodeURIComponent(uid));
/** States in which the worker has something to do. */
export const BUSY = new Set(["queued", "checking", "confirmed", "writing"]);

const token = (): string => document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
const base = `${land.urls.api}imports`;

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const sent: RequestInit = { headers: { Accept: "application/json" } };
  if (body !== undefined)
    Object.assign(sent, { method: "POST", body: JSON.stringify(body), headers: { ...sent.headers, "Content-Type": "application/json", "X-CSRFToken": token() } });
  let answer: Response;
  try {
    answer = await fetch(base + path, sent);
  } catch {
    throw new Problem(0, { detail: t("noAnswer") });
  }
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (!answer.ok) throw new Problem(answer.status, said);
  return said as T;
}

export const imports = {
  list: () => ask<Job[]>(""),
  one: (uid: string) => ask<Job>(`/${uid}`),
  problems: (uid: string, code: string) => ask<Fault[]>(`/${uid}/problems?code=${encodeURIComponent(code)}`),
  outlines: (uid: string, box: readonly number[]) => ask<Outlines>(`/${uid}/outlines?bbox=${box.map((value) => value.toFixed(2)).join(",")}`),
  submit: (uid: string, leaveOut: boolean) => ask<Job>(`/${uid}/submit`, { leave_out: leaveOut }),
  approve: (uid: string) => ask<Job>(`/${uid}/approve`, {}),
  sendBack: (uid: string, note: string) => ask<Job>(`/${uid}/return`, { note }),
  cancel: (uid: string) => ask<Job>(`/${uid}/cancel`, {}),
  answer: (uid: string, answers: Record<string, unknown>) => ask<Job>(`/${uid}/answers`, answers),
};

/** Sends a file; `progress` hears how many percent went out. fetch cannot tell, hence XMLHttpRequest. */
export function bring(form: FormData, progress: (percent: number) => void): Promise<Job> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", base);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => progress(Math.round((100 * loaded) / Math.max(total, 1)));
    request.onerror = () => reject(new Problem(0, { detail: t("noAnswer") }));
    request.onload = () => {
      let said: Record<string, unknown> = {};
      try {
        said = JSON.parse(request.responseText) as Record<string, unknown>;
      } catch {
        // A page of a proxy in between: its status says enough.
      }
      if (request.status >= 400) reject(new Problem(request.status, said));
      else resolve(said as unknown as Job);
    };
    request.send(form);
  });
}

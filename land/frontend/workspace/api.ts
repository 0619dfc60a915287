/** The API of the cadastre. Every failure is a `Problem` whose message a person can act on. */
import { land, t, type Change, type Drawing, type Paper, type Parcel, type Trial } from "./page.ts";

/** An answer that is not a success (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body["detail"] ?? body["title"] ?? t("noAnswer")));
    this.status = status;
    this.code = String(body["type"] ?? "").split(":").pop() ?? "";
    this.body = body;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

export interface Asked {
  reason: string;
  seen: Record<string, number>;
  params: Record<string, unknown>;
  documents: string[];
  /** The day from which it holds; today where left out. */
  effective_on?: string;
}

export interface Holder {
  uid: string;
  name: string;
  kind: string;
  id_number: string;
  address: string;
  phone: string;
  parcels: string[];
}

export interface Hands {
  rights: { kind: string; share: string; valid_from: string; valid_to: string | null; holder: Holder }[];
  certificates: { serial: string; register_no: string; issued_on: string; status: string }[];
  restrictions: { id: number; kind: string; reference: string; valid_from: string; valid_to: string | null }[];
}

export interface Past {
  versions: {
    version: number;
    valid_from: string;
    valid_to: string | null;
    recorded_at: string;
    area_m2: number;
    land_use_label: string;
    status: string;
  }[];
  changes: { uid: string; kind: string; reason: string; published_at: string | null }[];
  parents: { uid: string; label: string; status: string; area_m2: number }[];
  children: { uid: string; label: string; status: string; area_m2: number }[];
}

/** A file of parcels that was handed in and waits for an approver. */
export interface WaitingImport {
  uid: string;
  unit: string;
  name: string;
  author: string;
  parcels: number;
}

async function ask<T>(method: string, address: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const sent: RequestInit = { method, headers: { Accept: "application/json", ...headers } };
  // The browser itself writes the type of a form with a file.
  if (body instanceof FormData) Object.assign(sent, { body, headers: { ...sent.headers, "X-CSRFToken": token } });
  else if (method !== "GET")
    Object.assign(sent, {
      body: JSON.stringify(body ?? {}),
      headers: { ...sent.headers, "Content-Type": "application/json", "X-CSRFToken": token },
    });
  let answer: Response;
  try {
    answer = await fetch(address, sent);
  } catch {
    throw new Problem(0, { detail: t("noAnswer") });
  }
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (!answer.ok) throw new Problem(answer.status, said);
  return said as T;
}

function address(path: string, query: Query = {}): string {
  const url = new URL(land.urls.api + path, location.href);
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== "" && value !== false) url.searchParams.set(name, String(value));
  return url.href;
}

const filled = (template: string, values: Record<string, string | number>): string =>
  template.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(values[name] ?? "")));

/** The cadastral extract as PDF, for a link. */
export const extractAddress = (uid: string): string => address(`parcels/${uid}/extract`);

/** The whole map sheet as PDF; null in units whose code this page does not know. */
export function sheetAddress({ unit, sheet_no }: Parcel): string | null {
  const code = land.units.find(({ name }) => name === unit)?.code;
  return code ? address(`sheets/${sheet_no}/plot`, { unit: code }) : null;
}

/** The scan of a paper; each reading is written down. */
export const scanAddress = (uid: string): string => address(`documents/${uid}/scan`);

export const parcelAddress = (uid: string): string => filled(land.urls.parcel, { uid });

export const importAddress = (uid: string): string => filled(land.urls.import, { uid });

export const api = {
  parcel: (uid: string) => ask<Parcel>("GET", address(`parcels/${uid}`)),
  find: (query: Query) => ask<Parcel[]>("GET", address("parcels", query)),
  inBox: (box: readonly number[]) => ask<Parcel[]>("GET", address("parcels", { bbox: box.map((value) => value.toFixed(3)).join(",") })),
  past: (uid: string) => ask<Past>("GET", address(`parcels/${uid}/history`)),
  version: (uid: string, version: number) => ask<Parcel>("GET", filled(land.urls.version, { uid, version })),
  hands: (uid: string, purpose: string) => ask<Hands>("GET", address(`parcels/${uid}/holders`, { purpose })),
  holders: (q: string, purpose: string) => ask<Holder[]>("GET", address("holders", { q, purpose })),
  newHolder: (values: Record<string, string>) => ask<Holder>("POST", address("holders"), values),
  namedHolders: (change: string, purpose: string) => ask<Holder[]>("GET", address(`changes/${change}/holders`, { purpose })),
  newPaper: (form: FormData) => ask<Paper>("POST", address("documents"), form),
  changes: (query: Query) => ask<Change[]>("GET", address("changes", query)),
  waitingImports: () => ask<WaitingImport[]>("GET", address("imports", { state: "submitted" })),
  change: (uid: string) => ask<Change>("GET", address(`changes/${uid}`)),
  drawing: (uid: string) => ask<Drawing>("GET", filled(land.urls.drawing, { uid })),
  trial: (kind: string, asked: Asked) => ask<Trial>("POST", address(`changes/${kind}/trial`), asked),
  draft: (kind: string, asked: Asked, key: string) =>
    ask<Change>("POST", address(`changes/${kind}`), asked, { "Idempotency-Key": key }),
  revise: (change: Pick<Change, "uid" | "version">, asked: Asked) =>
    ask<Change>("PUT", address(`changes/${change.uid}`), asked, { "If-Match": `"${change.version}"` }),
  step: (change: Pick<Change, "uid" | "version">, name: string, note?: string) =>
    ask<Change>("POST", address(`changes/${change.uid}/${name}`), note === undefined ? {} : { note }, { "If-Match": `"${change.version}"` }),
};

/** What the page knows (incidents/form/shell.py) and what lies in the outbox. */

export interface Category {
  code: string;
  name: string;
  icon: string;
}

export interface ReportData {
  language: string;
  max_photos: number;
  /** West, south, east, north in degrees; null where nothing public is loaded. */
  bounds: [number, number, number, number] | null;
  categories: Category[];
  map_layers: string[];
  urls: { worker: string; scope: string; intake: string; place: string; similar: string; follow: string; tracking: string; items: string };
}

export interface Position {
  lon: number;
  lat: number;
  /** Radius in metres, as the device gives it. */
  accuracy_m?: number;
}

export interface PhotoNote {
  uid: string;
  lon?: number;
  lat?: number;
  taken_at?: string;
}

/** A report as intake takes it; `sent_at` is added when it is sent. */
export interface ReportBody {
  uid: string;
  category: string;
  pin: Position;
  device: Position | null;
  description: string;
  made_at: string;
  photos: PhotoNote[];
  contact: { name: string; phone: string; email: string } | null;
  anonymous: boolean;
}

/** queued: not with the office yet; reported: the report is, photos are missing; done: everything is; refused: it never will be. */
export type ReportState = "queued" | "reported" | "done" | "refused";

export interface QueuedReport {
  uid: string;
  body: ReportBody;
  category_name: string;
  /** Milliseconds since 1970 by this device. */
  created: number;
  state: ReportState;
  code: string | null;
  fault: string | null;
  attempts: number;
}

export interface QueuedPhoto {
  uid: string;
  /** The report's uid; a draft's as long as it is one. */
  report: string;
  position: number;
  state: "queued" | "sent" | "refused";
  type: string;
  /** Some browsers lose Blobs kept in IndexedDB. Empty once it is sent. */
  content: ArrayBuffer;
  note: Omit<PhotoNote, "uid">;
  fault: string | null;
}

export interface Draft {
  uid: string;
  category: string | null;
  description: string;
  pin: Position | null;
  touched: number;
}

/** Reads `<script id="report-data">`. */
export function readData(): ReportData {
  const element = document.getElementById("report-data");
  if (!element?.textContent) throw new Error("The page has no data.");
  return JSON.parse(element.textContent) as ReportData;
}

/**
 * What the device keeps: drafts, reports to send, their photos. When the device has no room, a thing is kept in this page's
 * memory instead, so that it can still be sent while the page is open.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Draft, QueuedPhoto, QueuedReport } from "./data.ts";

interface Schema extends DBSchema {
  drafts: { key: string; value: Draft };
  reports: { key: string; value: QueuedReport };
  photos: { key: string; value: QueuedPhoto; indexes: { report: string } };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("ioc-reports", 1, {
    upgrade(db) {
      db.createObjectStore("drafts", { keyPath: "uid" });
      db.createObjectStore("reports", { keyPath: "uid" });
      db.createObjectStore("photos", { keyPath: "uid" }).createIndex("report", "report");
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opened = null),
  });
  return opened;
}

/** Kept in memory alone: true once something did not fit. */
const memory = { reports: new Map<string, QueuedReport>(), photos: new Map<string, QueuedPhoto>() };

export function inMemoryOnly(): boolean {
  return [...memory.reports.values()].some((report) => report.state !== "done") || memory.photos.size > 0;
}

/** Puts a row; false when the device has no room (or no storage at all) and the row is in memory alone. */
export async function putPhoto(photo: QueuedPhoto): Promise<boolean> {
  try {
    await (await database()).put("photos", photo);
    memory.photos.delete(photo.uid);
    return true;
  } catch {
    memory.photos.set(photo.uid, photo);
    return false;
  }
}

export async function putReport(report: QueuedReport): Promise<boolean> {
  try {
    await (await database()).put("reports", report);
    memory.reports.delete(report.uid);
    return true;
  } catch {
    memory.reports.set(report.uid, report);
    return false;
  }
}

/** The draft becomes a report to send, in one transaction: never both, never neither. */
export async function queue(report: QueuedReport): Promise<boolean> {
  try {
    const db = await database();
    const work = db.transaction(["drafts", "reports"], "readwrite");
    await Promise.all([work.objectStore("reports").put(report), work.objectStore("drafts").delete(report.uid), work.done]);
    return true;
  } catch {
    memory.reports.set(report.uid, report);
    return false;
  }
}

export async function reports(): Promise<QueuedReport[]> {
  const kept = await attempt((db) => db.getAll("reports"), [] as QueuedReport[]);
  return [...kept.filter((report) => !memory.reports.has(report.uid)), ...memory.reports.values()].sort((a, b) => a.created - b.created);
}

export async function report(uid: string): Promise<QueuedReport | undefined> {
  return memory.reports.get(uid) ?? (await attempt((db) => db.get("reports", uid), undefined));
}

export async function photosOf(uid: string): Promise<QueuedPhoto[]> {
  const kept = await attempt((db) => db.getAllFromIndex("photos", "report", uid), [] as QueuedPhoto[]);
  const held = [...memory.photos.values()].filter((photo) => photo.report === uid);
  return [...kept.filter((photo) => !memory.photos.has(photo.uid)), ...held].sort((a, b) => a.position - b.position);
}

export async function dropPhoto(uid: string): Promise<void> {
  memory.photos.delete(uid);
  await attempt((db) => db.delete("photos", uid), undefined);
}

/** Forgets a report with its photos. */
export async function drop(uid: string): Promise<void> {
  for (const photo of await photosOf(uid)) await dropPhoto(photo.uid);
  memory.reports.delete(uid);
  await attempt((db) => db.delete("reports", uid), undefined);
}

export async function putDraft(draft: Draft): Promise<void> {
  await attempt((db) => db.put("drafts", draft), undefined);
}

export async function drafts(): Promise<Draft[]> {
  return attempt((db) => db.getAll("drafts"), [] as Draft[]);
}

export async function dropDraft(uid: string): Promise<void> {
  await attempt((db) => db.delete("drafts", uid), undefined);
}

async function attempt<T, U>(work: (db: IDBPDatabase<Schema>) => Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work(await database());
  } catch {
    opened = null;
    return otherwise;
  }
}

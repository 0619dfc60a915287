/**
 * Sends what waits: the report, then its photos one by one. Every step may be repeated, because the device made up the uids
 * and intake knows them; nothing is forgotten here before the office said that it has it. Runs in the page and in the worker.
 */
import type { QueuedPhoto, QueuedReport } from "./data.ts";
import { photosOf, putPhoto, putReport, reports } from "./store.ts";

export interface Outcome {
  /** Everything that could be sent was; false when the network or the office did not answer. */
  reached: boolean;
  /** Seconds after which the office wants to be asked again. */
  wait: number;
}

type Told = () => void;
/** The office is not to be had now: stop, try again later. */
class Later extends Error {
  readonly seconds: number;
  constructor(seconds: number) {
    super("later");
    this.seconds = seconds;
  }
}

/** One sender at a time on this device, whatever tabs are open; told after each step. */
export async function flush(intake: string, told: Told): Promise<Outcome | null> {
  if (!navigator.locks) return sendAll(intake, told);
  return navigator.locks.request("ioc-reports-sending", { ifAvailable: true }, (lock) => (lock ? sendAll(intake, told) : null));
}

async function sendAll(intake: string, told: Told): Promise<Outcome> {
  try {
    for (const waiting of await reports()) if (waiting.state === "queued" || waiting.state === "reported") await sendOne(intake, waiting, told);
    return { reached: true, wait: 0 };
  } catch (fault) {
    return { reached: false, wait: fault instanceof Later ? fault.seconds : 0 };
  }
}

async function sendOne(intake: string, waiting: QueuedReport, told: Told): Promise<void> {
  waiting.attempts += 1;
  const body = JSON.stringify({ ...waiting.body, sent_at: new Date().toISOString() });
  const answer = await ask(intake, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) {
    waiting.state = "refused";
    waiting.fault = await sentence(answer);
    await putReport(waiting);
    told();
    return;
  }
  const receipt = (await answer.json()) as { tracking_code: string; missing: string[] };
  waiting.state = "reported";
  waiting.code = receipt.tracking_code;
  await putReport(waiting);
  told();
  for (const photo of await photosOf(waiting.uid)) if (photo.state === "queued") await sendPhoto(intake, photo, receipt.missing, told);
  waiting.state = "done";
  await putReport(waiting);
  told();
}

async function sendPhoto(intake: string, photo: QueuedPhoto, missing: string[], told: Told): Promise<void> {
  if (missing.includes(photo.uid)) {
    const address = `${intake}/${photo.report}/photos/${photo.uid}`;
    const answer = await ask(address, { method: "PUT", headers: { "Content-Type": photo.type }, body: photo.content });
    photo.state = answer.ok ? "sent" : "refused";
    photo.fault = answer.ok ? null : await sentence(answer);
  } else photo.state = "sent";
  // The office has it: the device needs its room.
  if (photo.state === "sent") photo.content = new ArrayBuffer(0);
  await putPhoto(photo);
  told();
}

/** An answer that settles the matter. Raises Later for those that do not, and whatever fetch raises without a network. */
async function ask(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, { ...options, credentials: "same-origin" });
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Later(Number(answer.headers.get("Retry-After")) || 0);
  return answer;
}

async function sentence(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { detail?: string }).detail ?? `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}

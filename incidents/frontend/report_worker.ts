/** The service worker of the report form: keeps its shell, and sends what waits when the browser says that there is a network. */
import { flush } from "./report/send.ts";

/** Set by incidents/form/shell.py before this script runs. */
interface Shell {
  page: string;
  files: string[];
  intake: string;
  version: string;
}

/** What is used here of the Service Workers API; TypeScript's own declarations of it exclude those of pages. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  shell: Shell;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(kind: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(kind: "sync", listener: (event: Lasting & { readonly tag: string }) => void): void;
}

const worker = self as unknown as Worker;
const { page, files, intake, version } = worker.shell;
const SHELL = `report-shell-${version}`;
/** What the small map was drawn from: the newest that the network gave. */
const GROUND = "report-ground";
const PATIENCE_MS = 3000;

worker.addEventListener("install", (event) => event.waitUntil(keepShell()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === page) event.respondWith(newestPage(event.request));
  else if (files.includes(url.pathname)) event.respondWith(keptFirst(event.request));
  else if (url.pathname.startsWith("/ogc/collections/")) event.respondWith(newestGround(event.request));
});
worker.addEventListener("sync", (event) => {
  if (event.tag === "reports") event.waitUntil(sendAll());
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(SHELL);
  await cache.addAll([new Request(page, { cache: "reload" }), ...files]);
  await worker.skipWaiting();
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("report-shell-") && name !== SHELL) await caches.delete(name);
  await worker.clients.claim();
}

/** The page from the network if that answers soon, else as it was kept: a network that is there in name only must not block. */
async function newestPage(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL);
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(page, answer.clone());
    return answer;
  });
  const late = new Promise<null>((settle) => setTimeout(() => settle(null), PATIENCE_MS));
  const kept = (): Promise<Response | undefined> => cache.match(page);
  try {
    const answer = await Promise.race([asked, late]);
    if (answer && answer.status < 500) return answer;
    return (await kept()) ?? answer ?? (await asked);
  } catch {
    return (await kept()) ?? Response.error();
  }
}

async function keptFirst(request: Request): Promise<Response> {
  return (await (await caches.open(SHELL)).match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function newestGround(request: Request): Promise<Response> {
  const cache = await caches.open(GROUND);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request)) ?? Response.error();
  }
}

async function sendAll(): Promise<void> {
  const outcome = await flush(intake, () => new BroadcastChannel("ioc-reports").postMessage("changed"));
  // Whoever rejects is asked again by the browser.
  if (outcome && !outcome.reached) throw new Error("not reached");
}

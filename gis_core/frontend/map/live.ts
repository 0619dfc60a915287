/** The live stream (`/live/`): what changed, and whether what is on screen can still be trusted. */
import type { Bounds } from "../page.ts";

export interface Change {
  layer: string;
  bbox: Bounds | null;
  ids: number[] | null;
  /** `redraw`: no feature changed, but what stands for features at low zooms was made anew. */
  op: "insert" | "update" | "delete" | "reload" | "redraw";
}

export type LinkState = "connecting" | "live" | "retrying" | "offline";

export interface LiveHandlers {
  change(changes: Change[]): void;
  /** Everything on screen may be old: fetch it all again. */
  resync(): void;
  state(state: LinkState): void;
}

/** The server comments every 15 s and, where it can, says `ping`: silence this long after a ping is a dead line. */
const SILENCE_MS = 40_000;
const BACKOFF_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];

/** Keeps one stream open: reconnects with growing pauses, and asks for everything again after any gap. */
export class LiveConnection {
  private readonly url: string;
  private readonly handlers: LiveHandlers;
  private source: EventSource | null = null;
  private timer = 0;
  private attempts = 0;
  private seq: number | null;
  private pings = false;
  private lastContact: number;
  private current: LinkState = "connecting";

  constructor(url: string, handlers: LiveHandlers, seq: number | null = null) {
    this.url = url;
    this.handlers = handlers;
    this.seq = seq;
    this.lastContact = Date.now();
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.lose("offline"));
    setInterval(() => this.listenForSilence(), 5_000);
    this.open();
  }

  get state(): LinkState {
    return this.current;
  }

  /** The moment up to which the picture is known to be right: now while the stream is open, else the last word heard. */
  get dataAsOf(): Date {
    return new Date(this.current === "live" ? Date.now() : this.lastContact);
  }

  private open(): void {
    this.close();
    const source = new EventSource(this.url);
    this.source = source;
    const on = (name: string, handle: (data: { seq?: number; changes?: Change[] }) => void): void =>
      source.addEventListener(name, (event) => {
        this.lastContact = Date.now();
        handle(JSON.parse((event as MessageEvent<string>).data || "{}"));
      });
    on("hello", (data) => this.greet(data.seq));
    on("ping", () => (this.pings = true));
    on("resync", (data) => {
      this.seq = data.seq ?? this.seq;
      this.handlers.resync();
    });
    on("change", (data) => {
      this.seq = data.seq ?? this.seq;
      this.handlers.change(data.changes ?? []);
    });
    source.onerror = () => this.lose(navigator.onLine ? "retrying" : "offline");
  }

  private greet(seq: number | undefined): void {
    // A gap is whatever happened between the state we know and the one the stream starts from. After a lost line the
    // tiles asked for meanwhile may have failed too, so the whole picture is asked for again (unchanged tiles cost a 304).
    const gap = this.attempts > 0 || (this.seq !== null && seq !== undefined && seq !== this.seq);
    this.seq = seq ?? this.seq;
    this.attempts = 0;
    this.set("live");
    if (gap) this.handlers.resync();
  }

  private lose(state: LinkState): void {
    if (this.current === "live" && !this.pings) this.lastContact = Date.now();
    this.close();
    const pause = BACKOFF_MS[Math.min(this.attempts, BACKOFF_MS.length - 1)] ?? 30_000;
    this.attempts += 1;
    // Many pages lose a restarting server at once; the random part keeps them from returning at once.
    this.timer = window.setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
    this.set(state);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private listenForSilence(): void {
    if (this.pings && this.current === "live" && Date.now() - this.lastContact > SILENCE_MS) this.lose("retrying");
  }

  private set(state: LinkState): void {
    if (state === this.current) return;
    this.current = state;
    this.handlers.state(state);
  }
}

/** The stream's address for these layers. */
export function liveUrl(url: string, layers: string[]): string {
  const address = new URL(url, location.href);
  address.searchParams.set("layers", layers.join(","));
  return address.href;
}

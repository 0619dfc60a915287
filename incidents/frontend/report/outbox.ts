/** The reports on this device with the state of each and of each photo, and the button in the bar that always tells how many wait. */
import { fill, h, need } from "@core/ui/dom.ts";
import type { QueuedPhoto, QueuedReport, ReportData } from "./data.ts";
import { drop, inMemoryOnly, photosOf, reports } from "./store.ts";
import { flush } from "./send.ts";
import { say, when, type Word } from "./words.ts";

const RETRY_MS = 30_000;
const OLD_DAYS = 2;
const KEPT_DONE = 20;
const PHOTO_WORDS: Record<QueuedPhoto["state"], Word> = { queued: "photoQueued", sent: "photoSent", refused: "photoRefused" };

export class Outbox {
  private sending = false;
  private notBefore = 0;
  private readonly channel = new BroadcastChannel("ioc-reports");
  private readonly panel = need("#queue");
  private readonly button = need<HTMLButtonElement>("#queue-button");
  private readonly label = need("#queue-label");
  private readonly data: ReportData;
  private readonly told: () => void;

  constructor(data: ReportData, told: () => void) {
    this.data = data;
    this.told = told;
    this.button.addEventListener("click", () => this.toggle());
    this.channel.addEventListener("message", () => void this.show());
    addEventListener("online", () => void this.send(true));
    addEventListener("offline", () => void this.show());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.send(false));
    addEventListener("beforeunload", (event) => inMemoryOnly() && event.preventDefault());
    setInterval(() => void this.send(false), RETRY_MS);
    void this.show();
    void this.send(false);
  }

  /** Tells other tabs, asks the browser to send when this page is closed, and sends now if it can. */
  async added(): Promise<void> {
    await this.changed();
    const worker = (await navigator.serviceWorker?.getRegistration()) as { sync?: { register(tag: string): Promise<void> } } | undefined;
    void worker?.sync?.register("reports").catch(() => undefined);
    await this.send(true);
  }

  /** Sends what waits. `asked`: a person or a returning network asked, so the office's wish to wait is set aside. */
  async send(asked: boolean): Promise<void> {
    if (this.sending || (!asked && Date.now() < this.notBefore)) return;
    if (!(await reports()).some(isWaiting)) return;
    this.sending = true;
    await this.show();
    try {
      const outcome = await flush(this.data.urls.intake, () => void this.changed());
      this.notBefore = Date.now() + (outcome?.wait ?? 0) * 1000;
    } finally {
      this.sending = false;
      await this.show();
      this.told();
    }
  }

  private async changed(): Promise<void> {
    this.channel.postMessage("changed");
    await this.show();
    this.told();
  }

  private toggle(): void {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    if (!this.panel.hidden) void this.send(true);
  }

  /** Draws bar and list as the device has it now. */
  async show(): Promise<void> {
    const all = await reports();
    const waiting = all.filter(isWaiting);
    const state = this.sending ? "sending" : waiting.length ? "waiting" : "done";
    this.button.dataset["state"] = state;
    this.button.dataset["waiting"] = String(waiting.length);
    const text = this.sending ? say("sending") : waiting.length ? say("waiting", { n: waiting.length }) : say("allSent");
    this.label.textContent = navigator.onLine ? text : `${say("offline")} · ${waiting.length}`;
    this.warn(waiting);
    const rows = await Promise.all(all.reverse().map(async (report) => this.row(report, await photosOf(report.uid))));
    const send = h("button", { type: "button", class: "button", onclick: () => void this.send(true) }, say("sendNow"));
    fill(this.panel, h("div", { class: "outbox__head" }, h("h2", {}, say("onThisDevice")), waiting.length > 0 && send), rows.length ? h("ul", { class: "outbox__list" }, ...rows) : h("p", {}, say("none")));
    await this.forgetOldest(all);
  }

  private warn(waiting: QueuedReport[]): void {
    const notice = need("#notice");
    const oldest = Math.min(...waiting.map((report) => report.created));
    const days = Math.floor((Date.now() - oldest) / 86_400_000);
    const text = inMemoryOnly() ? say("full") : waiting.length && days >= OLD_DAYS ? say("old", { n: days }) : "";
    notice.textContent = text;
    notice.hidden = !text;
  }

  private row(report: QueuedReport, photos: QueuedPhoto[]): HTMLElement {
    const link = report.code && h("a", { href: this.data.urls.tracking.replace("{code}", report.code) }, say("track", { code: report.code }));
    const states = photos.map((photo, index) =>
      h("li", { class: "outbox__photo", "data-state": photo.state, title: photo.fault }, `${say("photo", { n: index + 1 })}: ${say(PHOTO_WORDS[photo.state])}`, photo.fault && h("span", {}, ` – ${photo.fault}`)),
    );
    const forget = h("button", { type: "button", class: "button button--danger button--tiny", onclick: () => void this.forget(report) }, say("forget"));
    return h(
      "li",
      { class: "outbox__report", "data-state": report.state, "data-uid": report.uid },
      h("div", { class: "outbox__line" }, h("strong", {}, report.category_name), h("span", { class: "outbox__state" }, say(report.state))),
      h("p", { class: "outbox__text" }, when(report.created), report.body.description ? ` · ${report.body.description.slice(0, 80)}` : ""),
      report.fault && h("p", { class: "outbox__fault" }, report.fault),
      states.length > 0 && h("ul", { class: "outbox__photos" }, ...states),
      h("div", { class: "outbox__line" }, link || h("span", {}), forget),
    );
  }

  private async forget(report: QueuedReport): Promise<void> {
    if (isWaiting(report) && !confirm(say("forgetSure"))) return;
    await drop(report.uid);
    await this.changed();
  }

  private async forgetOldest(newestFirst: QueuedReport[]): Promise<void> {
    for (const report of newestFirst.filter((item) => item.state === "done").slice(KEPT_DONE)) await drop(report.uid);
  }
}

/** Whether the office has still to get something of it. */
export function isWaiting(report: QueuedReport): boolean {
  return report.state === "queued" || report.state === "reported";
}

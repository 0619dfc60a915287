/** One report: what it says, what may be done now, what was done. */
import { fill, h } from "@core/ui/dom.ts";
import { ago, count, date, minutes } from "@core/ui/format.ts";

import { get, post, Problem } from "./api.ts";
import { instructionsOf } from "./instructions.ts";
import { WorkPhotos } from "./work_photos.ts";
import { board, t, type Detail as Incident, type Offer, type Photo, type Row, type StepLine } from "./page.ts";

interface NearUnit {
  code: string;
  name: string;
  distance_m: number;
  open: number;
  free: boolean;
}

/** Photos are drawn anew in the background: until then the report is looked at again. */
const AGAIN_MS = 2_000;

export interface DetailHandlers {
  shown(row: Row | null): void;
  say(text: string, failed?: boolean): void;
}

export class Detail {
  private readonly panel: HTMLElement;
  private readonly on: DetailHandlers;
  private incident: Incident | null = null;
  private timer = 0;

  constructor(panel: HTMLElement, on: DetailHandlers) {
    this.panel = panel;
    this.on = on;
  }

  get code(): string | null {
    return this.incident?.code ?? null;
  }

  async open(code: string, quiet = false): Promise<void> {
    try {
      this.show(await get<Incident>(`/${code}`), quiet);
    } catch (error) {
      if (!quiet) this.on.say((error as Error).message, true);
    }
  }

  close(): void {
    this.incident = null;
    this.panel.hidden = true;
    this.on.shown(null);
  }

  /** Begins a step as its button does; nothing where it is not offered. */
  begin(verb: string): void {
    this.panel.querySelector<HTMLButtonElement>(`[data-verb="${verb}"]`)?.click();
  }

  private show(incident: Incident, quiet: boolean): void {
    // Somebody is writing: what was typed stays, the picture behind it is renewed when the form closes.
    if (quiet && this.panel.querySelector("form:focus-within")) return;
    this.incident = incident;
    this.panel.hidden = false;
    fill(this.panel, this.head(incident), this.actions(incident), h("div", { id: "form" }), this.facts(incident), this.photos(incident),
      this.moderation(incident), instructionsOf(incident, this.on), this.history(incident.steps));
    if (!quiet) this.panel.scrollTop = 0;
    window.clearTimeout(this.timer);
    if (incident.photo_list.some(({ state }) => state === "stored")) this.timer = window.setTimeout(() => this.again(incident.code), AGAIN_MS);
    this.on.shown(incident);
  }

  private again(code: string): void {
    if (this.code === code) void this.open(code, true);
  }

  private head(one: Incident): HTMLElement {
    const due = one.due_at ? new Date(one.due_at) : null;
    return h("header", { class: "detail__head", "data-severity": one.severity },
      h("p", { class: "detail__line" }, h("span", { class: "num" }, one.code), h("span", { class: "state", "data-state": one.status }, board.status[one.status] ?? ""),
        h("button", { type: "button", class: "icon-button detail__close", "aria-label": t("close"), onclick: () => this.close() }, "×")),
      h("h2", {}, one.title),
      due && h("p", { class: one.overdue ? "row__late num" : "row__due num" }, t(one.overdue ? "lateBy" : "dueAt", { date: `${minutes(due)} ${date(due)}` })),
      one.waiting && h("p", { class: "notice" }, t("clockStands")));
  }

  private actions(one: Incident): HTMLElement {
    const main = one.offered.findIndex(({ verb }) => ["receive", "assign", "start", "resolve", "confirm"].includes(verb));
    return h("p", { class: "detail__actions" }, ...one.offered.map((offer, index) =>
      h("button", { type: "button", "data-verb": offer.verb, class: index === main ? "button button--tiny" : "button button--quiet button--tiny", onclick: () => void this.form(one, offer) }, offer.title)));
  }

  private async form(one: Incident, offer: Offer): Promise<void> {
    const place = this.panel.querySelector("#form");
    if (!place) return;
    if (offer.needs.length === 0 && offer.verb !== "start") return void (await this.take(one, offer.verb, {}));
    const wants = (name: string): boolean => offer.needs.includes(name);
    const open = wants("public_note") || wants("text") || offer.verb === "resolve";
    const photos = new WorkPhotos();
    const form = h("form", { class: "form detail__form" }, h("h3", {}, offer.title),
      wants("unit") && (await this.unitField(one)),
      wants("of") && field(t("original"), h("input", { class: "input num", name: "of", required: true, pattern: "[0-9A-Za-z]{4,20}" })),
      open && field(t("publicNote"), h("textarea", { class: "input", name: "public_note", rows: 3, maxlength: 2000, required: wants("public_note") })),
      field(t("note"), h("textarea", { class: "input", name: "note", rows: 2, maxlength: 2000, required: wants("note") })),
      photos.element,
      h("p", { class: "form__actions" }, h("button", { class: "button" }, t("take")),
        h("button", { type: "button", class: "button button--quiet", onclick: () => fill(place) }, t("cancel"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
      if (values["of"]) values["of"] = values["of"].toUpperCase();
      void this.take(one, offer.verb, values, photos);
    });
    fill(place, form);
    form.querySelector<HTMLElement>("select, input, textarea")?.focus();
  }

  private async unitField(one: Incident): Promise<HTMLElement> {
    const near = await get<NearUnit[]>(`/${one.code}/nearest-units`).catch(() => [] as NearUnit[]);
    const select = h("select", { class: "input", name: "unit", required: true }, h("option", { value: "" }, t("chooseUnit")),
      ...Object.entries(board.units).filter(([code]) => code !== one.unit).map(([code, name]) => h("option", { value: code }, name)));
    const pick = (code: string) => (): void => void (select.value = code);
    return h("div", { class: "field" }, h("label", {}, t("chooseUnit")), select,
      near.length > 0 && h("p", { class: "hint" }, t("nearest")),
      h("p", { class: "near" }, ...near.filter(({ code }) => code !== one.unit).slice(0, 4).map((unit) => h("button", { type: "button", class: "near__unit", onclick: pick(unit.code) },
        h("b", {}, unit.name), h("span", { class: "num" }, t(unit.free ? "free" : "full", { distance: away(unit.distance_m), open: unit.open }))))));
  }

  private async take(one: Incident, verb: string, body: Record<string, string>, photos?: WorkPhotos): Promise<void> {
    try {
      const sent = photos ? await photos.send(one.code) : [];
      this.show(await post<Incident>(`/${one.code}/steps/${verb}`, { ...body, photos: sent }, one.version), false);
    } catch (error) {
      await this.failed(one, error as Error);
    }
  }

  private async failed(one: Incident, error: Error): Promise<void> {
    this.on.say(error instanceof Problem && error.status === 412 ? t("stale") : error.message, true);
    if (error instanceof Problem && [409, 412].includes(error.status)) await this.open(one.code);
  }

  private facts(one: Incident): HTMLElement {
    const pairs: [string, string | HTMLElement | null][] = [
      [t("reported"), `${minutes(new Date(one.reported_at))} ${date(new Date(one.reported_at))} (${ago(new Date(one.reported_at))})`],
      [t("place"), [one.address, one.accuracy_m ? t("accuracy", { n: count(one.accuracy_m) }) : ""].filter(Boolean).join(" · ")],
      [t("area"), one.area], [t("unit"), one.unit_name], [t("flags"), one.flags.join(", ")], [t("duplicateOf"), one.duplicate_of],
      [t("trackingPage"), h("a", { href: one.tracking_url, target: "_blank" }, one.is_public ? t("publicNow") : t("notPublic"))],
    ];
    return h("section", { class: "card" }, one.description !== "" && h("p", { class: "detail__text" }, one.description),
      h("dl", { class: "facts" }, ...pairs.filter(([, value]) => value).flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])));
  }

  private photos(one: Incident): HTMLElement | null {
    const shown = one.photo_list.filter(({ thumbnail }) => thumbnail);
    const coming = one.photo_list.filter(({ state }) => state === "stored").length;
    if (shown.length + coming === 0) return null;
    const decide = (photo: Photo, shows: boolean) => (): void => void this.moderate(one, { photos: { [photo.uid]: shows } });
    return h("section", { class: "card photos" }, ...shown.map((photo) => h("figure", { class: "photo", "data-state": photo.moderation },
      h("a", { href: photo.url ?? "", target: "_blank" }, h("img", { src: photo.thumbnail ?? "", alt: "", loading: "lazy" })),
      photo.kind === "work" && h("figcaption", { class: "hint" }, t("photoOfWork")),
      board.may.dispatch && h("button", { type: "button", class: "button button--quiet button--tiny", onclick: decide(photo, photo.moderation !== "approved") },
        t(photo.moderation === "approved" ? "refusePhoto" : "approvePhoto")))), coming > 0 && h("p", { class: "hint" }, t("photoComes")));
  }

  private moderation(one: Incident): HTMLElement | null {
    if (!board.may.dispatch) return null;
    const decide = (publish: boolean) => (): void => void this.moderate(one, { publish });
    return h("p", { class: "detail__actions" },
      !one.is_public && h("button", { type: "button", class: "button button--quiet button--tiny", onclick: decide(true) }, t("publish")),
      (one.is_public || one.moderation === "pending") && h("button", { type: "button", class: "button button--quiet button--tiny", onclick: decide(false) }, t("refuse")));
  }

  private async moderate(one: Incident, body: unknown): Promise<void> {
    try {
      this.show(await post<Incident>(`/${one.code}/moderation`, body, one.version), false);
    } catch (error) {
      await this.failed(one, error as Error);
    }
  }

  private history(steps: StepLine[]): HTMLElement {
    const who = (step: StepLine): string => step.actor ?? (step.hand === "reporter" ? t("reporter") : t("system"));
    const pictures = new Map((this.incident?.photo_list ?? []).map((photo) => [photo.uid, photo.thumbnail]));
    return h("section", { class: "card" }, h("h3", {}, t("history")), h("ol", { class: "log" }, ...[...steps].reverse().map((step) =>
      h("li", { class: "log__entry" }, h("p", { class: "log__line" }, h("b", {}, step.title), h("span", {}, who(step)), h("time", { class: "num", title: step.at }, ago(new Date(step.at)))),
        step.unit && h("p", { class: "hint" }, step.unit), step.note !== "" && h("p", { class: "log__note log__note--internal" }, step.note),
        step.public_note !== "" && h("p", { class: "log__note" }, step.public_note),
        step.photos.some((uid) => pictures.get(uid)) && h("p", { class: "photos photos--small" }, ...step.photos.map((uid) => pictures.get(uid)).filter((src) => src)
          .map((src) => h("img", { src: src ?? "", alt: t("photoOfWork"), loading: "lazy" })))))));
  }
}

function field(label: string, input: HTMLElement): HTMLElement {
  return h("label", { class: "field" }, h("span", { class: "label" }, label), input);
}

function away(metres: number): string {
  return metres < 1_000 ? `${metres} m` : `${count(metres / 1_000)} km`;
}

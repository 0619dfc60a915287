/** The photos of the report being written: kept on the device as soon as they are chosen. */
import { h, need } from "@core/ui/dom.ts";
import type { QueuedPhoto } from "./data.ts";
import { prepare } from "./photo.ts";
import { dropPhoto, putPhoto } from "./store.ts";
import { say } from "./words.ts";

export class Pictures {
  private chosen: QueuedPhoto[] = [];
  private report = "";
  private working: Promise<void> = Promise.resolve();
  private readonly list = need("#photos");
  private readonly limit: number;
  private readonly taken: () => void;

  constructor(limit: number, taken: () => void) {
    this.limit = limit;
    this.taken = taken;
    for (const input of this.list.querySelectorAll<HTMLInputElement>("input[type=file]"))
      input.addEventListener("change", () => {
        const files = [...(input.files ?? [])];
        input.value = "";
        this.working = this.working.then(() => this.add(files));
      });
  }

  /** The photos that a report began with. */
  begin(report: string, photos: QueuedPhoto[]): void {
    this.report = report;
    this.chosen = photos;
    this.show();
  }

  /** All chosen photos, once they are read. */
  async all(): Promise<QueuedPhoto[]> {
    await this.working;
    return this.chosen;
  }

  private async add(files: File[]): Promise<void> {
    if (files.length) this.taken();
    this.list.setAttribute("aria-busy", "true");
    for (const file of files) {
      if (this.chosen.length >= this.limit) {
        alert(say("tooMany", { n: this.limit }));
        break;
      }
      try {
        const prepared = await prepare(file);
        const position = 1 + Math.max(-1, ...this.chosen.map((photo) => photo.position));
        const photo: QueuedPhoto = { uid: crypto.randomUUID(), report: this.report, position, state: "queued", fault: null, ...prepared };
        await putPhoto(photo);
        this.chosen.push(photo);
      } catch {
        alert(say("notStored"));
      }
    }
    this.list.removeAttribute("aria-busy");
    this.show();
  }

  private show(): void {
    for (const old of this.list.querySelectorAll(".photos__one")) {
      const image = old.querySelector("img");
      if (image) URL.revokeObjectURL(image.src);
      old.remove();
    }
    const items = this.chosen.map((photo, index) => {
      const image = h("img", { src: URL.createObjectURL(new Blob([photo.content], { type: photo.type })), alt: say("photo", { n: index + 1 }) });
      image.addEventListener("error", () => image.replaceWith(h("span", { class: "photos__blind" }, say("photo", { n: index + 1 }))));
      const remove = h("button", { type: "button", class: "photos__remove", "aria-label": say("removePhoto", { n: index + 1 }), onclick: () => void this.remove(photo) }, "×");
      return h("div", { class: "photos__one" }, image, remove);
    });
    this.list.prepend(...items);
    for (const label of this.list.querySelectorAll<HTMLElement>(".photos__add")) label.hidden = this.chosen.length >= this.limit;
  }

  private async remove(photo: QueuedPhoto): Promise<void> {
    this.chosen = this.chosen.filter((other) => other !== photo);
    this.show();
    await dropPhoto(photo.uid);
  }
}

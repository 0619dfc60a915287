/** Photos of the work: chosen in the form of a step, made smaller, sent before the step that names them. */
import { fill, h } from "@core/ui/dom.ts";

import { shrink } from "../shrink.ts";
import { putPhoto } from "./api.ts";
import { t } from "./page.ts";

const MOST = 10;

interface Chosen {
  uid: string;
  content: Blob;
  sent: boolean;
}

export class WorkPhotos {
  readonly element: HTMLElement;
  private chosen: Chosen[] = [];
  private reading: Promise<void> = Promise.resolve();
  private readonly previews = h("p", { class: "photos" });
  private readonly said = h("p", { class: "hint", role: "status" }, t("workPhotosHint"));

  constructor() {
    const input = h("input", { type: "file", class: "input", name: "", accept: "image/*", multiple: true, "data-work-photos": "" });
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      this.reading = this.reading.then(() => this.add(files));
    });
    this.element = h("div", { class: "field" }, h("label", {}, h("span", { class: "label" }, t("workPhotos")), input), this.previews, this.said);
  }

  /** Sends what was not sent yet; the uids of all. Throws a `Problem`: what arrived is not sent again. */
  async send(code: string): Promise<string[]> {
    await this.reading;
    for (const [index, photo] of this.chosen.entries()) {
      if (photo.sent) continue;
      this.said.textContent = t("sendingPhoto", { n: index + 1, of: this.chosen.length });
      await putPhoto(code, photo.uid, photo.content);
      photo.sent = true;
    }
    return this.chosen.map(({ uid }) => uid);
  }

  private async add(files: File[]): Promise<void> {
    for (const file of files.slice(0, MOST - this.chosen.length)) this.chosen.push({ uid: crypto.randomUUID(), content: (await shrink(file)) ?? file, sent: false });
    for (const old of this.previews.querySelectorAll("img")) URL.revokeObjectURL(old.src);
    fill(this.previews, ...this.chosen.map((photo) => h("button", { type: "button", class: "photo photo--chosen", "aria-label": t("clear"), onclick: () => void this.drop(photo) },
      h("img", { src: URL.createObjectURL(photo.content), alt: t("photoOfWork") }), h("span", { "aria-hidden": "true" }, "×"))));
  }

  private drop(photo: Chosen): Promise<void> {
    this.chosen = this.chosen.filter((other) => other !== photo);
    return this.add([]);
  }
}

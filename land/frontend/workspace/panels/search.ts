/** Search: by unit, sheet and number; by holder for who has the right, with the purpose that the log asks for. */
import { fill, h, need } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { api } from "../api.ts";
import { land, nameOf, t, type Parcel } from "../page.ts";
import { button } from "./parts.ts";

const MOST = 60;

export class Search {
  private readonly results = h("div", { class: "results", "aria-live": "polite" });
  private readonly open: (uid: string) => void;
  private readonly form: HTMLFormElement;

  constructor(element: HTMLElement, open: (uid: string) => void) {
    this.open = open;
    this.form = this.keyForm();
    fill(element, this.form, land.may.holders ? this.holderForm() : null, this.results);
  }

  focus(): void {
    need<HTMLInputElement>("[name=sheet]", this.form).focus();
  }

  private keyForm(): HTMLFormElement {
    const units = h("select", { name: "unit", class: "input", "aria-label": t("unit") }, h("option", { value: "" }, t("everyUnit")), ...land.units.map(({ code, name }) => h("option", { value: code }, name)));
    const numeric = (name: string, text: string): HTMLElement =>
      h("input", { name, class: "input num", inputmode: "numeric", pattern: "[0-9]*", maxlength: 7, placeholder: text, "aria-label": text, autocomplete: "off" });
    return h("form", { class: "search", role: "search", onsubmit: (event) => void this.byKey(event) }, land.units.length > 1 ? units : null,
      numeric("sheet", t("sheet")), numeric("number", t("parcelNumber")), h("button", { type: "submit", class: "button" }, t("find")));
  }

  private holderForm(): HTMLElement {
    const input = (name: string, text: string, least: number): HTMLElement =>
      h("input", { name, class: "input", placeholder: text, "aria-label": text, minlength: least, maxlength: 60, required: true, autocomplete: "off" });
    return h("details", { class: "search-holder" }, h("summary", {}, t("findByHolder")),
      h("form", { class: "form", onsubmit: (event) => void this.byHolder(event) }, input("q", t("holderName"), 3), input("purpose", t("purpose"), 3),
        h("p", { class: "hint" }, t("readIsLogged")), h("button", { type: "submit", class: "button button--quiet" }, t("find"))));
  }

  private async byKey(event: Event): Promise<void> {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(this.form)) as Record<string, string>;
    if (!values["sheet"]) return this.say(t("sheetNeeded"));
    await this.run(async () => {
      const found = await api.find(values);
      if (found.length === 1 && found[0]) this.open(found[0].uid);
      this.list(found);
    });
  }

  private async byHolder(event: Event): Promise<void> {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target as HTMLFormElement)) as { q: string; purpose: string };
    await this.run(async () => {
      const holders = await api.holders(values.q, values.purpose);
      if (holders.length === 0) return this.say(t("nothingFound"));
      fill(this.results, h("ul", { class: "results__list" }, ...holders.map((holder) => h("li", { class: "results__holder" }, h("b", {}, holder.name), ` ${holder.address}`,
        ...holder.parcels.map((uid, index) => button(`${t("parcel")} ${index + 1}`, () => this.open(uid), "button button--quiet button--tiny"))))), this.closer());
    });
  }

  private list(found: Parcel[]): void {
    if (found.length === 0) return this.say(t("nothingFound"));
    if (found.length === 1) return fill(this.results);
    const lines = found.slice(0, MOST).map((parcel) => h("li", {}, h("button", { type: "button", class: "results__line", onclick: () => this.open(parcel.uid) },
      h("b", {}, nameOf(parcel)), h("span", { class: "hint" }, `${parcel.unit} · ${number(parcel.area_m2)} m²`))));
    fill(this.results, h("ul", { class: "results__list" }, ...lines), found.length > MOST ? h("p", { class: "hint" }, t("moreFound", { n: found.length - MOST })) : null, this.closer());
  }

  private closer(): HTMLElement {
    return button(t("closeResults"), () => fill(this.results), "button button--quiet button--tiny");
  }

  private async run(work: () => Promise<void>): Promise<void> {
    this.say(t("asking"));
    await work().catch((error: Error) => this.say(error.message));
  }

  private say(text: string): void {
    fill(this.results, h("p", { class: "hint" }, text));
  }
}

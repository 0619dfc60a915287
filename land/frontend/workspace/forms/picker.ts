/** Finding holders, or writing new ones down. What is read is personal data: shown while the page is open, never kept. */
import { fill, h } from "@core/ui/dom.ts";

import { api, type Holder } from "../api.ts";
import { land, t } from "../page.ts";
import { button, notice } from "../panels/parts.ts";
import { labelled } from "./fields.ts";

/** Names that were read since the page was opened, by uid; in memory alone. */
const names = new Map<string, string>();

export const holderName = (uid: string): string => names.get(uid) ?? t("holderN", { n: uid.slice(0, 8) });
export const isKnown = (uid: string): boolean => names.has(uid);

export function learn(holders: Holder[]): void {
  for (const { uid, name } of holders) names.set(uid, name);
}

const input = (name: string, word: string, least: number, most: number): HTMLInputElement =>
  h("input", { name, class: "input", placeholder: t(word), "aria-label": t(word), minlength: least, maxlength: most, autocomplete: "off" });

export class HolderPicker {
  readonly element: HTMLElement;
  private readonly found = h("ul", { class: "results__list" });
  private readonly said = h("div", { "aria-live": "polite" });
  private readonly words = input("q", "holderName", 3, 80);
  private readonly purpose = input("holder-purpose", "purpose", 3, 60);
  private readonly chosen: (uid: string) => void;

  constructor(chosen: (uid: string) => void) {
    this.chosen = chosen;
    const find = (): void => void this.find();
    for (const one of [this.words, this.purpose]) one.addEventListener("keydown", (event) => event.key === "Enter" && find());
    this.element = h("div", { class: "picker" }, h("div", { class: "picker__row" }, this.words, this.purpose, button(t("find"), find)),
      h("p", { class: "hint" }, t("readIsLogged")), this.said, this.found, this.newHolder());
  }

  private async find(): Promise<void> {
    if (this.words.value.trim().length < 3 || this.purpose.value.trim().length < 3) return this.say(t("holderNeeds"), "error");
    await this.run(async () => {
      const holders = await api.holders(this.words.value.trim(), this.purpose.value.trim());
      learn(holders);
      if (holders.length === 0) return this.say(t("nothingFound"));
      fill(this.said);
      fill(this.found, ...holders.map((holder) => h("li", {}, h("button", { type: "button", class: "results__line", onclick: () => this.take(holder.uid) },
        h("b", {}, holder.name), h("span", { class: "hint" }, [holder.id_number, holder.address].filter(Boolean).join(" · "))))));
      this.found.querySelector("button")?.focus();
    });
  }

  private newHolder(): HTMLElement {
    const kind = h("select", { class: "input" }, ...Object.entries(land.labels.party).map(([value, words]) => h("option", { value }, words)));
    const fields = { name: input("new-name", "holdersName", 1, 200), id_number: input("new-id", "idNumber", 0, 40), address: input("new-address", "holdersAddress", 0, 200), phone: input("new-phone", "phone", 0, 30) };
    const write = async (): Promise<void> => {
      const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
      if (!values["name"]) return fields.name.focus();
      const holder = await api.newHolder({ kind: kind.value, ...values });
      learn([holder]);
      for (const field of Object.values(fields)) field.value = "";
      box.open = false;
      this.take(holder.uid);
    };
    const box = h("details", { class: "search-holder" }, h("summary", {}, t("newHolder")), h("div", { class: "form" }, labelled(t("kindOfHolder"), kind), ...Object.values(fields),
      button(t("writeDown"), () => void this.run(write))));
    return box;
  }

  private take(uid: string): void {
    fill(this.found);
    this.words.value = "";
    this.chosen(uid);
  }

  private async run(work: () => Promise<void>): Promise<void> {
    await work().catch((error: Error) => this.say(error.message, "error"));
  }

  private say(words: string, kind: "error" | "plain" = "plain"): void {
    fill(this.said, notice(words, kind));
  }
}

/** Reads the names that a stored change holds, for a purpose; nothing where they are known already. */
export function reveal(change: string | null, uids: string[], done: () => void): HTMLElement | null {
  if (!change || uids.every(isKnown)) return null;
  const purpose = input("reveal-purpose", "purpose", 3, 60);
  const said = h("div", { "aria-live": "polite" });
  const show = async (): Promise<void> => {
    try {
      learn(await api.namedHolders(change, purpose.value.trim()));
      done();
    } catch (error) {
      fill(said, notice((error as Error).message, "error"));
    }
  };
  purpose.addEventListener("keydown", (event) => event.key === "Enter" && void show());
  return h("div", { class: "picker" }, h("div", { class: "picker__row" }, purpose, button(t("showNames"), () => void show())), h("p", { class: "hint" }, t("readIsLogged")), said);
}

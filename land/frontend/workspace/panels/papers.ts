/** The papers behind a change: written down with their scans while the change is drawn, and listed where it is read. */
import { fill, h } from "@core/ui/dom.ts";
import { plainDate } from "@core/ui/format.ts";

import { api, scanAddress } from "../api.ts";
import { labelled } from "../forms/fields.ts";
import { label, land, t, type Paper } from "../page.ts";
import { button, notice } from "./parts.ts";

export class Papers {
  readonly element: HTMLElement;
  papers: Paper[];
  private readonly list = h("ul", { class: "papers" });
  private readonly said = h("div", { "aria-live": "polite" });
  private readonly parcel: string;
  private readonly changed: () => void;

  constructor(parcel: string, papers: Paper[], changed: () => void) {
    this.parcel = parcel;
    this.papers = papers;
    this.changed = changed;
    this.element = h("fieldset", { class: "group" }, h("legend", {}, t("papers")), this.list, this.said, this.adding());
    this.draw();
  }

  private draw(): void {
    fill(this.list, ...this.papers.map((paper) => h("li", {}, paperLine(paper), h("button", { type: "button", class: "icon-button", "aria-label": t("leaveOut", { parcel: paper.number || label("paper", paper.kind) }), onclick: () => this.put(this.papers.filter((one) => one !== paper)) }, "×"))));
  }

  private put(papers: Paper[]): void {
    this.papers = papers;
    this.draw();
    this.changed();
  }

  private adding(): HTMLElement {
    const kind = h("select", { name: "kind", class: "input" }, ...Object.entries(land.labels.paper).map(([value, words]) => h("option", { value }, words)));
    const number = h("input", { name: "number", class: "input", maxlength: 60, autocomplete: "off" });
    const issued = h("input", { name: "issued_on", type: "date", class: "input" });
    const issuer = h("input", { name: "issuer", class: "input", maxlength: 200, autocomplete: "off" });
    const scan = h("input", { name: "scan", type: "file", accept: "application/pdf,.pdf", class: "input" });
    const add = async (): Promise<void> => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ parcel: this.parcel, kind: kind.value, number: number.value.trim(), issued_on: issued.value, issuer: issuer.value.trim() })) if (value) form.set(name, value);
      if (scan.files?.[0]) form.set("scan", scan.files[0]);
      try {
        const paper = await api.newPaper(form);
        fill(this.said);
        for (const field of [number, issued, issuer, scan]) field.value = "";
        box.open = false;
        this.put([...this.papers, paper]);
      } catch (error) {
        fill(this.said, notice((error as Error).message, "error"));
      }
    };
    const box = h("details", { class: "search-holder" }, h("summary", {}, t("addPaper")), h("div", { class: "form" }, labelled(t("kindOfPaper"), kind), labelled(t("paperNumber"), number), labelled(t("issuedOn"), issued),
      labelled(t("issuedBy"), issuer), labelled(t("scan"), scan, t("scanHint")), button(t("writeDown"), () => void add())));
    return box;
  }
}

/** A paper in a line, with the way to its scan; each reading of a scan is written down. */
export function paperLine(paper: Paper): HTMLElement {
  const words = [label("paper", paper.kind), paper.number, paper.issued_on && plainDate(paper.issued_on), paper.issuer].filter(Boolean).join(" · ");
  return h("span", { class: "paper" }, words, paper.has_scan ? h("a", { href: scanAddress(paper.uid), class: "kin-link", download: "" }, t("scan")) : null);
}

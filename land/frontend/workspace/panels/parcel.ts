/** A parcel's panel: what it is, who is beside it, what happened to it, and (with the right) in whose hands it is. */
import { fill, h } from "@core/ui/dom.ts";
import { number, plainDate } from "@core/ui/format.ts";

import { api, extractAddress, parcelAddress, sheetAddress, type Past } from "../api.ts";
import { area, commonBoundary, length } from "../geometry.ts";
import type { Board } from "../map/board.ts";
import { COLOURS, fillOf } from "../map/styles.ts";
import { label, land, nameOf, t, type Parcel } from "../page.ts";
import { holdersCard } from "./holders.ts";
import { button, facts, moment, section } from "./parts.ts";

export interface Ways {
  parcel(uid: string): void;
  change(uid: string): void;
}

export class ParcelPanel {
  readonly element = h("div", { class: "stack" });
  readonly parcel: Parcel;
  private readonly board: Board;
  private readonly ways: Ways;
  private readonly neighbours = h("ul", { class: "kin" });
  private readonly history = h("div", { class: "stack" });

  constructor(board: Board, parcel: Parcel, ways: Ways) {
    this.board = board;
    this.parcel = parcel;
    this.ways = ways;
    fill(this.element, this.head(), this.uses(), section(t("neighbours"), this.neighbours), section(t("history"), this.history), land.may.holders ? holdersCard(parcel.uid) : null);
    this.drawOutline();
    void this.loadHistory();
  }

  drawOutline(): void {
    this.board.draw([{ rings: this.parcel.outline.coordinates, corners: true, lengths: true, below: true, label: `${number(area(this.parcel.outline.coordinates))} m²` }]);
    this.listNeighbours();
  }

  private head(): HTMLElement {
    const { parcel } = this;
    const old = parcel.old_sheet_no && parcel.old_parcel_no ? nameOf({ sheet_no: parcel.old_sheet_no, parcel_no: parcel.old_parcel_no }) : null;
    const perimeter = parcel.outline.coordinates.reduce((sum, ring) => sum + length(ring), 0);
    return h("header", { class: "stack" }, h("h2", { class: "panel-title" }, nameOf(parcel)),
      parcel.status === "active" ? null : h("p", { class: "notice notice--error" }, label("status", parcel.status)),
      facts([
        [t("unit"), parcel.unit], [t("address"), parcel.address], [t("areaMeasured"), `${number(area(parcel.outline.coordinates))} m²`],
        [t("areaOnPaper"), parcel.legal_area_m2 === null ? null : `${number(parcel.legal_area_m2)} m²`], [t("perimeter"), `${number(perimeter)} m`],
        [t("parcelCode"), h("span", { class: "num" }, parcel.geohash)], [t("oldKey"), old], [t("since"), plainDate(parcel.valid_from)], [t("version"), String(parcel.version)],
      ]),
      h("p", { class: "form__actions" }, h("a", { class: "button button--quiet button--tiny", href: extractAddress(parcel.uid), target: "_blank", rel: "noopener" }, t("extract")),
        sheetAddress(parcel) ? h("a", { class: "button button--quiet button--tiny", href: sheetAddress(parcel), target: "_blank", rel: "noopener" }, t("sheetPlot")) : null));
  }

  private uses(): HTMLElement {
    const rows = this.parcel.land_uses.map((use) => {
      const swatch = h("i", { class: "swatch swatch--fill" });
      swatch.style.setProperty("--swatch", fillOf(use.code));
      const term = use.term_until ? t("until", { date: plainDate(use.term_until) }) : t("longTerm");
      return h("li", {}, swatch, h("span", {}, h("b", {}, use.code), ` ${land.land_uses[use.code]?.name ?? ""}`, h("small", { class: "hint" }, ` ${term}${use.origin ? ` · ${label("origin", use.origin)}` : ""}`)), h("span", { class: "num" }, `${number(use.area_m2)} m²`));
    });
    return section(t("landUses"), h("ul", { class: "uses" }, ...rows));
  }

  /** Who shares a boundary, with its length; the longest first. */
  listNeighbours(): void {
    const own = this.parcel.outline.coordinates;
    const found = [...this.board.known.values()].filter(({ uid }) => uid !== this.parcel.uid)
      .map((parcel) => ({ parcel, shared: commonBoundary(own, parcel.outline.coordinates).reduce((sum, line) => sum + length(line), 0) }))
      .filter(({ shared }) => shared > 0).sort((a, b) => b.shared - a.shared);
    fill(this.neighbours, ...(found.length === 0 ? [h("li", { class: "hint" }, t("noNeighbours"))] : found.map(({ parcel, shared }) =>
      h("li", {}, h("button", { type: "button", class: "kin__line", onclick: () => this.ways.parcel(parcel.uid) }, h("b", {}, nameOf(parcel)), ` ${parcel.land_uses.map(({ code }) => code).join("+")} · ${number(parcel.area_m2)} m²`,
        h("span", { class: "hint num" }, t("sharedLength", { length: number(shared) })))))));
  }

  private async loadHistory(): Promise<void> {
    try {
      this.tellHistory(await api.past(this.parcel.uid));
    } catch (error) {
      fill(this.history, h("p", { class: "hint" }, (error as Error).message));
    }
  }

  private tellHistory({ versions, changes, parents, children }: Past): void {
    const lines = versions.map((version) => h("li", { class: "history__line" }, h("span", {}, h("b", {}, t("versionN", { n: version.version })), ` ${number(version.area_m2)} m² · ${version.land_use_label}`,
      h("small", { class: "hint" }, ` ${plainDate(version.valid_from)}${version.valid_to ? ` – ${plainDate(version.valid_to)}` : ""}`)),
      version.version === this.parcel.version ? null : button(t("compare"), () => void this.compare(version.version), "button button--quiet button--tiny")));
    const kin = (title: string, rows: Past["parents"]): HTMLElement | null => rows.length === 0 ? null : h("p", { class: "kin-line" }, `${title}: `,
      ...rows.map((row) => h("a", { href: parcelAddress(row.uid), class: "kin-link" }, `${row.label} (${number(row.area_m2)} m²) `)));
    const done = changes.map((change) => h("li", {}, h("button", { type: "button", class: "kin__line", onclick: () => this.ways.change(change.uid) }, h("b", {}, label("kind", change.kind)), ` ${change.reason}`,
      h("span", { class: "hint" }, change.published_at ? moment(change.published_at) : ""))));
    fill(this.history, kin(t("madeFrom"), parents), kin(t("becameParcels"), children), h("ul", { class: "history" }, ...lines), done.length > 0 ? h("ul", { class: "kin" }, ...done) : null);
  }

  /** A former outline under the present one. */
  private async compare(number_: number): Promise<void> {
    const was = await api.version(this.parcel.uid, number_);
    const now = this.parcel.outline.coordinates;
    const before = area(was.outline.coordinates);
    this.board.draw([
      { rings: was.outline.coordinates, colour: COLOURS.before, dashed: true, corners: true },
      { rings: now, colour: COLOURS.after, corners: true, below: true, label: t("beforeAfter", { before: number(before), after: number(area(now)) }) },
    ]);
    this.board.show([...was.outline.coordinates, ...now]);
  }
}

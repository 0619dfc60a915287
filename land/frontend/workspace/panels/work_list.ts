/** The work list: imports that wait for a second person, then changes of one's units, the nearest deadline first. */
import { fill, h } from "@core/ui/dom.ts";
import { count, plainDate } from "@core/ui/format.ts";

import { api, importAddress, type WaitingImport } from "../api.ts";
import { label, land, t, type Change } from "../page.ts";
import { button, stateBadge } from "./parts.ts";

type Filter = "open" | "mine" | "overdue" | "published";
const FILTERS: Filter[] = ["open", "mine", "overdue", "published"];
const QUERIES: Record<Filter, Record<string, string | boolean>> = { open: {}, mine: { mine: true }, overdue: { overdue: true }, published: { state: "published" } };
/** What waits for nobody any more. */
const DONE = ["published", "withdrawn"];

export class WorkList {
  readonly element = h("div", { class: "stack" });
  private readonly list = h("ul", { class: "work" });
  private readonly filters = h("div", { class: "segmented", role: "group", "aria-label": t("showChanges") });
  private readonly open: (uid: string) => void;
  private filter: Filter = "open";

  constructor(open: (uid: string) => void, banner: HTMLElement | null) {
    this.open = open;
    fill(this.filters, ...FILTERS.map((filter) => h("button", { type: "button", "data-filter": filter, onclick: () => void this.choose(filter) }, t(`filter_${filter}`))));
    fill(this.element, banner, h("h2", { class: "panel-title" }, t("workList")), this.filters, this.list, h("p", { class: "hint" }, t("pickOnMap")));
    void this.refresh();
  }

  private async choose(filter: Filter): Promise<void> {
    this.filter = filter;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const { filter } = this;
    for (const one of this.filters.children) one.setAttribute("aria-pressed", String((one as HTMLElement).dataset["filter"] === filter));
    try {
      const [found, waiting] = await Promise.all([api.changes(QUERIES[filter]), this.imports(filter)]);
      const shown = filter === "open" ? found.filter(({ state }) => !DONE.includes(state)) : found;
      if (filter !== this.filter) return;
      if (shown.length + waiting.length === 0) fill(this.list, h("li", { class: "empty" }, t("noWork")));
      else fill(this.list, ...waiting.map((one) => this.importLine(one)), ...shown.map((change) => this.line(change)));
    } catch (error) {
      fill(this.list, h("li", { class: "notice notice--error" }, (error as Error).message, " ", button(t("tryAgain"), () => void this.refresh(), "button button--quiet button--tiny")));
    }
  }

  private async imports(filter: Filter): Promise<WaitingImport[]> {
    if (filter !== "open" && filter !== "mine") return [];
    const waiting = await api.waitingImports();
    return filter === "mine" ? waiting.filter(({ author }) => author === land.user) : waiting;
  }

  private importLine({ uid, unit, name, author, parcels }: WaitingImport): HTMLElement {
    return h("li", {}, h("a", { class: "work__line", href: importAddress(uid), "data-waiting-import": uid },
      h("span", { class: "work__kind" }, t("importOf", { n: count(parcels) })), h("span", { class: "state", "data-state": "submitted" }, t("awaitsApproval")),
      h("span", { class: "work__reason" }, name),
      h("span", { class: "work__meta" }, [unit, author === land.user ? t("handedInByYou") : author].join(" · "))));
  }

  private line(change: Change): HTMLElement {
    const own = change.author === land.user;
    return h("li", {}, h("button", { type: "button", class: "work__line", "data-change": change.uid, onclick: () => this.open(change.uid) },
      h("span", { class: "work__kind" }, label("kind", change.kind)), stateBadge(change),
      h("span", { class: "work__reason" }, change.reason),
      h("span", { class: "work__meta" }, [change.unit, own ? t("byYou") : change.author, change.due_on ? t("dueOn", { date: plainDate(change.due_on) }) : ""].filter(Boolean).join(" · ")),
      change.overdue ? h("span", { class: "badge badge--overdue" }, t("overdue")) : null));
  }
}

/** The desk: which panel is open, which parcel lies on the board, which tool is in hand. */
import { fill, h, need } from "@core/ui/dom.ts";

import { api, parcelAddress, Problem } from "./api.ts";
import { forget, kept } from "./drafts.ts";
import { entryOf } from "./entries.ts";
import { Board } from "./map/board.ts";
import { label, land, nameOf, t, type Change, type Parcel } from "./page.ts";
import { ChangePanel } from "./panels/change.ts";
import { ConflictPanel, type Stale } from "./panels/conflict.ts";
import { DraftingPanel, type Start } from "./panels/drafting.ts";
import { chooseForm } from "./panels/kinds.ts";
import { ParcelPanel } from "./panels/parcel.ts";
import { button, moment, notice } from "./panels/parts.ts";
import { WorkList } from "./panels/work_list.ts";
import { toast } from "./toasts.ts";
import { Toolbar } from "./toolbar.ts";
import type { Entry } from "./tools/entry.ts";
import { targetOf } from "./tools/kit.ts";

type Panel = WorkList | ParcelPanel | ChangePanel | DraftingPanel | ConflictPanel;

export class Desk {
  readonly board: Board;
  private readonly body = need("#panel");
  private readonly toolbar: Toolbar;
  private panel: Panel | null = null;
  private turn = 0;

  constructor(board: Board) {
    this.board = board;
    this.toolbar = new Toolbar(need("#toolbar"), (entry) => this.take(entry), () => void this.more());
    board.whenContextChanges(() => this.panel instanceof ParcelPanel && this.panel.listNeighbours());
    addEventListener("popstate", () => void this.follow());
  }

  get drafting(): DraftingPanel | null {
    return this.panel instanceof DraftingPanel ? this.panel : null;
  }

  /** Opens what the address names. */
  async follow(): Promise<void> {
    const change = /^#change=([0-9a-f-]{36})$/.exec(location.hash)?.[1];
    const parcel = /\/parcels\/([0-9a-f-]{36})\//.exec(location.pathname)?.[1];
    if (change) await this.openChange(change, false);
    else if (parcel) await this.openParcel(parcel, { push: false });
    else this.openWork(false);
  }

  openWork(push = true): void {
    this.turn += 1;
    if (!land.may.work) return;
    if (push) history.pushState(null, "", land.urls.work);
    this.put(new WorkList((uid) => void this.openChange(uid), this.unfinished()));
    this.board.draw([]);
    document.title = t("workList");
  }

  async openParcel(uid: string, { push = true, show = true } = {}): Promise<void> {
    const parcel = await this.load(() => api.parcel(uid));
    if (!parcel) return;
    if (push) history.pushState(null, "", parcelAddress(uid));
    this.put(new ParcelPanel(this.board, parcel, { parcel: (other) => void this.openParcel(other), change: (other) => void this.openChange(other) }));
    document.title = nameOf(parcel);
    if (show) this.board.show(parcel.outline.coordinates);
    await this.board.loadAround(parcel).catch((error: Error) => toast(error.message, "error"));
  }

  async openChange(uid: string, push = true): Promise<void> {
    const change = await this.load(() => api.change(uid));
    if (change) this.showChange(change, push);
  }

  private showChange(change: Change, push = true): void {
    if (push) history.pushState(null, "", `${land.urls.work}#change=${change.uid}`);
    document.title = label("kind", change.kind);
    this.board.draw([]);
    this.put(new ChangePanel(this.board, change, {
      edit: (asked) => void this.edit(asked),
      undo: (asked) => void this.undo(asked),
      conflict: (problem, asked) => this.conflict(problem, () => void this.edit(asked, true)),
      done: (_after, sentence) => toast(sentence, "success"),
      leave: () => this.openWork(),
    }));
  }

  /** The parcel that a tool or form would be about. */
  private get subject(): Parcel | null {
    return this.panel instanceof ParcelPanel ? this.panel.parcel : (this.drafting?.target ?? null);
  }

  /** The menu of changes that are written, not drawn. */
  async more(): Promise<void> {
    const { subject } = this;
    if (!subject || !land.may.draw) return;
    const entry = await chooseForm(subject);
    if (entry && this.subject === subject) this.take(entry);
  }

  /** Undoing a published change: a change of its own, on the same parcels. */
  private async undo(change: Change): Promise<void> {
    const uid = change.targets[0]?.[0] ?? change.after[0]?.[0];
    const entry = entryOf("undo");
    if (!uid || !entry) return;
    await this.openParcel(uid);
    this.take(entry, { state: { change: change.uid } });
  }

  /** Takes a tool in hand for the parcel on the board. */
  take(entry: Entry, start: Start = {}): void {
    const parcel = this.subject;
    if (!parcel || !land.may.draw) return;
    if (this.drafting?.entry === entry && start.state === undefined) return;
    if (this.drafting?.tool.steps.canUndo && start.state === undefined && !confirm(t("giveUpSure"))) return;
    this.turn += 1;
    const drafting = new DraftingPanel(this.board, parcel, entry, need("#hint"), {
      saved: (change) => {
        toast(t("nowState", { state: label("state", change.state) }), change.state === "returned" ? "error" : "success");
        this.showChange(change);
      },
      conflict: (problem, panel) => this.conflict(problem, () => void this.again(panel)),
      leave: () => void this.openParcel(parcel.uid, { push: false, show: false }),
    }, start);
    this.put(drafting);
    drafting.begin();
  }

  /** A stored draft back into the tool that drew it; with `fresh` on the parcels as they are now. */
  private async edit(change: Change, fresh = false): Promise<void> {
    const uid = targetOf(change.params) ?? change.targets[0]?.[0];
    const entry = entryOf(change.kind);
    if (!uid || !entry) return;
    await this.openParcel(uid);
    const seen = fresh ? {} : Object.fromEntries(change.targets);
    this.take(entry, { state: entry.state(change.params), reason: change.reason, papers: change.documents, effectiveOn: change.effective_on, change, seen });
  }

  /** The same work on the parcels as they are now. */
  private async again(panel: DraftingPanel): Promise<void> {
    const { written } = panel;
    await this.openParcel(panel.target.uid);
    this.take(panel.entry, { state: panel.tool.state, ...written });
  }

  private conflict(problem: Problem, again: () => void): void {
    const parcels = (problem.body["parcels"] ?? []) as Stale[];
    const alive = parcels.every(({ now }) => now?.live);
    this.put(new ConflictPanel(this.board, problem.message, parcels, alive && land.may.draw ? again : null, () => this.openWork()));
  }

  /** What this browser kept of a drawing that was not saved. */
  private unfinished(): HTMLElement | null {
    const work = kept();
    const entry = entryOf(work?.kind);
    if (!work || !entry || !land.may.draw) return null;
    const resume = async (): Promise<void> => {
      await this.openParcel(work.parcel);
      if (this.panel instanceof ParcelPanel) this.take(entry, work);
    };
    const box = h("div", { class: "notice unfinished" }, h("p", {}, t("unfinished", { kind: label("kind", work.kind), at: moment(work.at) })), h("p", { class: "form__actions" }, button(t("resume"), () => void resume(), "button"),
      button(t("discard"), () => {
        forget();
        box.remove();
      })));
    return box;
  }

  /** A click on the board. */
  async click(place: [number, number]): Promise<void> {
    const drafting = this.drafting;
    const parcel = await this.board.at(place).catch(() => null);
    if (!parcel || drafting !== this.drafting) return;
    if (drafting) drafting.tool.pick(parcel);
    else await this.openParcel(parcel.uid, { show: false });
  }

  /** Somebody published: what lies on the desk is brought up to date, or the reader is told that it is not. */
  async heard(ids: ReadonlySet<number> | null): Promise<void> {
    const touched = (parcel: Parcel): boolean => ids === null || ids.has(parcel.id);
    const { panel } = this;
    await this.board.reload().catch(() => undefined);
    if (panel !== this.panel) return;
    if (panel instanceof WorkList) await panel.refresh();
    else if (panel instanceof ParcelPanel && touched(panel.parcel)) {
      toast(t("parcelChanged", { parcel: nameOf(panel.parcel) }));
      await this.openParcel(panel.parcel.uid, { push: false, show: false });
    } else if (panel instanceof DraftingPanel && panel.tool.operation()?.parcels.some(touched)) {
      toast(t("drawnOnChanged"), "error");
      panel.changed();
    }
  }

  private async load<T>(ask: () => Promise<T>): Promise<T | null> {
    const turn = ++this.turn;
    try {
      const found = await ask();
      return turn === this.turn ? found : null;
    } catch (error) {
      if (turn === this.turn) {
        this.put(null);
        fill(this.body, notice((error as Error).message, "error"), land.may.work ? button(t("toWorkList"), () => this.openWork()) : null);
      }
      return null;
    }
  }

  private put(panel: Panel | null): void {
    this.drafting?.stop();
    this.board.drawFaults([]);
    this.panel = panel;
    if (panel) fill(this.body, panel.element);
    this.body.scrollTop = 0;
    this.toolbar.show(panel instanceof ParcelPanel ? panel.parcel.status !== "retired" : panel instanceof DraftingPanel, this.drafting?.entry.kind ?? null);
  }
}

/** The bottom sheet of small screens: a panel with three heights, dragged by its grip or stepped by its button. */
import { t } from "../i18n.ts";

export type SheetHeight = "peek" | "half" | "full";

const ORDER: SheetHeight[] = ["peek", "half", "full"];
/** A pointer that moved less than this pressed the button; it did not drag. */
const TAP_PX = 6;

export class Sheet {
  private readonly root: HTMLElement;
  private readonly panel: HTMLElement;
  private readonly grip: HTMLElement;

  /** `root` carries `data-sheet`, from which the style sheet takes the panel's height. */
  constructor(root: HTMLElement, panel: HTMLElement, grip: HTMLElement) {
    this.root = root;
    this.panel = panel;
    this.grip = grip;
    grip.addEventListener("pointerdown", (event) => this.drag(event));
    grip.addEventListener("click", () => this.set(this.height === "peek" ? "half" : "peek"));
    this.set(this.height);
  }

  get height(): SheetHeight {
    return (this.root.dataset["sheet"] as SheetHeight | undefined) ?? "peek";
  }

  set(height: SheetHeight): void {
    this.root.dataset["sheet"] = height;
    this.grip.setAttribute("aria-expanded", String(height !== "peek"));
    const label = this.grip.querySelector("span");
    if (label) label.textContent = t(height === "peek" ? "openPanel" : "closePanel");
  }

  private drag(start: PointerEvent): void {
    const from = this.panel.getBoundingClientRect().height;
    this.grip.setPointerCapture(start.pointerId);
    let moved = 0;
    const move = (event: PointerEvent): void => {
      moved = start.clientY - event.clientY;
      if (Math.abs(moved) > TAP_PX) this.panel.style.height = `${Math.max(80, from + moved)}px`;
    };
    const end = (): void => {
      this.grip.removeEventListener("pointermove", move);
      this.panel.style.height = "";
      if (Math.abs(moved) <= TAP_PX) return;
      this.set(nearest((from + moved) / innerHeight));
      // The drag's own click must not step the sheet once more.
      this.grip.addEventListener("click", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
    };
    this.grip.addEventListener("pointermove", move);
    this.grip.addEventListener("pointerup", end, { once: true });
    this.grip.addEventListener("pointercancel", end, { once: true });
  }
}

/** The resting height closest to a share of the screen. */
function nearest(share: number): SheetHeight {
  const rests: Record<SheetHeight, number> = { peek: 0.15, half: 0.5, full: 0.9 };
  return ORDER.reduce((best, height) => (Math.abs(rests[height] - share) < Math.abs(rests[best] - share) ? height : best));
}

/** Thirty thin bars: changes of a layer in each of the last thirty minutes, newest at the right. */
import { svg } from "@core/ui/dom.ts";

const MINUTES = 30;
const HEIGHT = 24;

export class Activity {
  readonly element: SVGElement;
  private readonly bars: SVGElement[];
  /** Changes by minute since the epoch. */
  private readonly counts = new Map<number, number>();

  constructor() {
    this.bars = Array.from({ length: MINUTES }, (_, index) => svg("rect", { x: index * 4 + 0.5, width: 3, rx: 0.6 }));
    this.element = svg("svg", { class: "activity", viewBox: `0 0 ${MINUTES * 4} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...this.bars);
  }

  add(moment: Date, changes: number): void {
    const minute = minuteOf(moment);
    this.counts.set(minute, (this.counts.get(minute) ?? 0) + changes);
  }

  draw(now: Date): void {
    const last = minuteOf(now);
    for (const minute of this.counts.keys()) if (minute <= last - MINUTES) this.counts.delete(minute);
    const highest = Math.max(4, ...this.counts.values());
    this.bars.forEach((bar, index) => {
      const changes = this.counts.get(last - MINUTES + 1 + index) ?? 0;
      // A minute without a change keeps a base line: an empty strip would look broken.
      const height = changes === 0 ? 1.2 : Math.max(3, (changes / highest) * HEIGHT);
      bar.setAttribute("height", String(height));
      bar.setAttribute("y", String(HEIGHT - height));
      bar.classList.toggle("is-quiet", changes === 0);
    });
  }
}

function minuteOf(moment: Date): number {
  return Math.floor(moment.getTime() / 60_000);
}

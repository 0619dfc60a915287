/** Where the wall looks: everywhere, one unit, or whatever is in sight. Every number on it follows. */
import type { Bounds } from "@core/page.ts";

export interface UnitName {
  id: number;
  name: string;
}

export class Area {
  private listeners: (() => void)[] = [];
  private chosen: UnitName | null = null;
  private box: Bounds | null = null;

  get unit(): UnitName | null {
    return this.chosen;
  }

  get isWhole(): boolean {
    return this.chosen === null && this.box === null;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** One unit, or everything. */
  choose(unit: UnitName | null): void {
    this.chosen = unit;
    this.box = null;
    this.tell();
  }

  /** What is in sight, after a person moved the map. */
  see(box: Bounds): void {
    if (this.chosen !== null) return;
    this.box = box.map((degree) => Math.round(degree * 1e4) / 1e4) as Bounds;
    this.tell();
  }

  /** As parameters of a question for metrics. */
  query(): Record<string, string> {
    if (this.chosen) return { unit: String(this.chosen.id) };
    return this.box ? { bbox: this.box.join(",") } : {};
  }

  private tell(): void {
    this.listeners.forEach((listener) => listener());
  }
}

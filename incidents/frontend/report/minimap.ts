/**
 * A map of the next few hundred metres on a canvas: the pin stands still in the middle, the ground moves under it, so that a
 * thumb never hides the place. It costs 4 kB instead of a map library's 300.
 */
import type { Position } from "./data.ts";
import { groundAround, type Ground } from "./ground.ts";

const METRES_PER_DEGREE = 111_320;
const ZOOMS = [0.15, 0.3, 0.6, 1.2, 2.4, 5, 10, 20, 40]; // metres a pixel

interface Options {
  items: string;
  layers: string[];
  /** The pin's new place after a person moved the map. */
  moved: (lon: number, lat: number) => void;
}

export class MiniMap {
  private lon: number;
  private lat: number;
  private zoom = 2;
  private ground: Ground = { water: [], roads: [] };
  private device: Position | null = null;
  private asked = "";
  private readonly canvas: HTMLCanvasElement;
  private readonly options: Options;

  constructor(canvas: HTMLCanvasElement, lon: number, lat: number, options: Options) {
    this.canvas = canvas;
    this.lon = lon;
    this.lat = lat;
    this.options = options;
    this.bind();
    new ResizeObserver(() => this.draw()).observe(canvas);
    void this.load();
  }

  /** The middle goes to a place. */
  goTo(lon: number, lat: number): void {
    this.lon = lon;
    this.lat = lat;
    this.draw();
    void this.load();
  }

  /** Where the device is, with the circle of its accuracy; null when that is not known. */
  showDevice(device: Position | null): void {
    this.device = device;
    this.draw();
  }

  scale(step: number): void {
    this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + step));
    this.draw();
    void this.load();
  }

  private get metres(): number {
    return ZOOMS[this.zoom] ?? 0.6;
  }

  private bind(): void {
    let last: [number, number] | null = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      last = [event.clientX, event.clientY];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      this.shift(last[0] - event.clientX, last[1] - event.clientY);
      last = [event.clientX, event.clientY];
    });
    const end = (): void => {
      if (!last) return;
      last = null;
      this.settle();
    };
    this.canvas.addEventListener("pointerup", end);
    this.canvas.addEventListener("pointercancel", end);
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.scale(event.deltaY > 0 ? 1 : -1);
    }, { passive: false });
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] };
    const step = steps[event.key];
    if (step) {
      this.shift(...step);
      this.settle();
    } else if (event.key === "+" || event.key === "=") this.scale(-1);
    else if (event.key === "-") this.scale(1);
    else return;
    event.preventDefault();
  }

  private shift(right: number, down: number): void {
    this.lon += (right * this.metres) / (METRES_PER_DEGREE * Math.cos((this.lat * Math.PI) / 180));
    this.lat -= (down * this.metres) / METRES_PER_DEGREE;
    this.draw();
  }

  private settle(): void {
    this.options.moved(this.lon, this.lat);
    void this.load();
  }

  private async load(): Promise<void> {
    const key = `${Math.floor(this.lon * 100)}/${Math.floor(this.lat * 100)}`;
    if (key === this.asked) return;
    this.asked = key;
    const ground = await groundAround(this.options.items, this.options.layers, this.lon, this.lat);
    if (key !== this.asked) return;
    this.ground = ground;
    if (!ground.roads.length) this.asked = ""; // perhaps there was no network: ask again next time
    this.draw();
  }

  private at([lon, lat]: readonly [number, number]): [number, number] {
    const east = (lon - this.lon) * METRES_PER_DEGREE * Math.cos((this.lat * Math.PI) / 180);
    const north = (lat - this.lat) * METRES_PER_DEGREE;
    return [this.canvas.clientWidth / 2 + east / this.metres, this.canvas.clientHeight / 2 - north / this.metres];
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const density = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * density) || this.canvas.height !== Math.round(height * density)) {
      this.canvas.width = Math.round(width * density);
      this.canvas.height = Math.round(height * density);
    }
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(density, 0, 0, density, 0, 0);
    const colour = (name: string): string => getComputedStyle(this.canvas).getPropertyValue(name);
    pen.fillStyle = colour("--map-ground");
    pen.fillRect(0, 0, width, height);
    this.drawGround(pen, colour);
    this.drawDevice(pen, colour("--accent"));
    this.drawScale(pen, colour("--ink-2"), height);
  }

  private drawGround(pen: CanvasRenderingContext2D, colour: (name: string) => string): void {
    pen.fillStyle = colour("--map-water");
    pen.strokeStyle = colour("--map-water");
    pen.lineWidth = 3;
    for (const line of this.ground.water) {
      this.trace(pen, line);
      const [first, last] = [line[0], line[line.length - 1]];
      if (first && last && first[0] === last[0] && first[1] === last[1]) pen.fill();
      else pen.stroke();
    }
    pen.lineCap = pen.lineJoin = "round";
    for (const casing of [true, false])
      for (const road of this.ground.roads) {
        const body = Math.max(road.main ? 4 : 1.5, (road.main ? 12 : 6) / this.metres);
        pen.lineWidth = casing ? body + 2 : body;
        pen.strokeStyle = colour(casing ? "--map-casing" : road.main ? "--map-main" : "--map-road");
        this.trace(pen, road.line);
        pen.stroke();
      }
    this.drawNames(pen, colour);
  }

  /** Names once each, along the piece of the road that is nearest to the pin. */
  private drawNames(pen: CanvasRenderingContext2D, colour: (name: string) => string): void {
    pen.font = "500 12px 'Be Vietnam Pro', system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 3.5;
    const done: [number, number, string][] = [];
    for (const { line, name } of this.ground.roads) {
      const place = name ? this.namePlace(line, pen.measureText(name).width) : null;
      if (!place || done.some(([x, y, other]) => other === name || Math.hypot(x - place[0], y - place[1]) < 40)) continue;
      done.push([place[0], place[1], name]);
      pen.save();
      pen.translate(place[0], place[1]);
      pen.rotate(place[2]);
      pen.strokeStyle = colour("--map-halo");
      pen.strokeText(name, 0, 0);
      pen.fillStyle = colour("--ink-2");
      pen.fillText(name, 0, 0);
      pen.restore();
    }
  }

  private namePlace(line: [number, number][], room: number): [number, number, number] | null {
    for (let index = 1; index < line.length; index++) {
      const [ax, ay] = this.at(line[index - 1] as [number, number]);
      const [bx, by] = this.at(line[index] as [number, number]);
      const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
      const inside = x > 30 && y > 14 && x < this.canvas.clientWidth - 30 && y < this.canvas.clientHeight - 14;
      const free = Math.hypot(x - this.canvas.clientWidth / 2, y - this.canvas.clientHeight / 2) > 34;
      if (!inside || !free || Math.hypot(bx - ax, by - ay) < room) continue;
      const angle = Math.atan2(by - ay, bx - ax);
      return [x, y, Math.abs(angle) > Math.PI / 2 ? angle + Math.PI : angle];
    }
    return null;
  }

  private trace(pen: CanvasRenderingContext2D, line: [number, number][]): void {
    pen.beginPath();
    for (const position of line) pen.lineTo(...this.at(position));
  }

  private drawDevice(pen: CanvasRenderingContext2D, colour: string): void {
    if (!this.device) return;
    const [x, y] = this.at([this.device.lon, this.device.lat]);
    pen.fillStyle = pen.strokeStyle = colour;
    pen.beginPath();
    pen.arc(x, y, Math.max(8, (this.device.accuracy_m ?? 0) / this.metres), 0, 2 * Math.PI);
    pen.globalAlpha = 0.14;
    pen.fill();
    pen.globalAlpha = 0.6;
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.beginPath();
    pen.arc(x, y, 6, 0, 2 * Math.PI);
    pen.fill();
    pen.lineWidth = 2.5;
    pen.strokeStyle = "#fff";
    pen.stroke();
  }

  private drawScale(pen: CanvasRenderingContext2D, colour: string, height: number): void {
    const metres = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((length) => length / this.metres > 50) ?? 5000;
    const length = metres / this.metres;
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(12, height - 16);
    pen.lineTo(12, height - 11);
    pen.lineTo(12 + length, height - 11);
    pen.lineTo(12 + length, height - 16);
    pen.stroke();
    pen.font = "600 11px 'Be Vietnam Pro', system-ui, sans-serif";
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillText(metres < 1000 ? `${metres} m` : `${metres / 1000} km`, 16, height - 17);
  }
}

/** Corner lists as officers have them: copied from Excel, a report or a text file. Pure. */
import type { Position } from "./geometry.ts";

export interface Pasted {
  positions: Position[];
  /** The columns stood the other way round (Y before X) and were exchanged. */
  swapped: boolean;
  /** Lines that hold no two numbers, counted from 1 (a heading does not count). */
  bad: number[];
}

/** Northings and eastings of Việt Nam in VN-2000: nothing lies in both ranges. */
const NORTH: [number, number] = [880_000, 2_620_000];
const EAST: [number, number] = [150_000, 850_000];

const within = (value: number, [low, high]: [number, number]): boolean => value >= low && value <= high;

/** A number as it is written here (1.722.531,703) or there (1,722,531.703); null for anything else. */
export function parseNumber(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "");
  if (!/^[+-]?\d[\d.,]*$/.test(plain)) return null;
  const comma = plain.lastIndexOf(",");
  const point = plain.lastIndexOf(".");
  const several = (sign: string): boolean => plain.split(sign).length > 2;
  let mark = comma > point ? "," : ".";
  // A sign that comes more than once divides thousands, and then no decimal mark is left.
  if (several(mark)) mark = "";
  const grouped = [",", "."].filter((sign) => sign !== mark).reduce((rest, sign) => rest.replaceAll(sign, ""), plain);
  const value = Number(mark ? grouped.replace(mark, ".") : grouped);
  return Number.isFinite(value) ? value : null;
}

/** Reads lines of [point] X (north) Y (east), divided by tabs, semicolons or blanks. Gives east and north. */
export function parseCorners(text: string): Pasted {
  const found: Pasted = { positions: [], swapped: false, bad: [] };
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  lines.forEach((line, index) => {
    if (!line) return;
    const numbers = cells(line).map(parseNumber).filter((value): value is number => value !== null);
    const [first, second] = numbers.slice(-2);
    // Three numbers: point, X, Y. A length in a fourth column would hide the pair, so the pair is looked for by its ranges.
    const pair = pairOf(numbers) ?? (first !== undefined && second !== undefined ? ([first, second] as Position) : null);
    if (!pair) {
      if (index > 0 || found.positions.length > 0) found.bad.push(index + 1);
      return;
    }
    const turned = within(pair[0], EAST) && within(pair[1], NORTH);
    found.swapped ||= turned;
    found.positions.push(turned ? [pair[0], pair[1]] : [pair[1], pair[0]]);
  });
  return found;
}

function cells(line: string): string[] {
  if (line.includes("\t")) return line.split("\t");
  if (line.includes(";")) return line.split(";");
  return line.split(/\s+/);
}

function pairOf(numbers: number[]): Position | null {
  for (let index = 0; index + 1 < numbers.length; index++) {
    const [a, b] = [numbers[index] as number, numbers[index + 1] as number];
    if ((within(a, NORTH) && within(b, EAST)) || (within(a, EAST) && within(b, NORTH))) return [a, b];
  }
  return null;
}

/** A photo before it is queued: what the camera wrote into it is read, then it is made smaller. */
import exifr from "exifr/dist/lite.esm.mjs";
import { shrink } from "../shrink.ts";
import type { PhotoNote } from "./data.ts";

export interface Prepared {
  content: ArrayBuffer;
  type: string;
  note: Omit<PhotoNote, "uid">;
}

/** Reads and shrinks. A format that this browser cannot decode (HEIC, mostly) goes as it is: the office can read it. */
export async function prepare(file: File): Promise<Prepared> {
  const note = await noteOf(file);
  const small = await shrink(file);
  const chosen: Blob = small ?? file;
  return { content: await chosen.arrayBuffer(), type: small ? "image/jpeg" : file.type || "application/octet-stream", note };
}

/** Position and time, where the file tells them (many phones remove the position: that is no fault). */
async function noteOf(file: File): Promise<Omit<PhotoNote, "uid">> {
  const note: Omit<PhotoNote, "uid"> = {};
  try {
    const read = (await exifr.parse(file, { gps: true, exif: true })) as Record<string, unknown> | undefined;
    const lat = read?.["latitude"];
    const lon = read?.["longitude"];
    if (typeof lat === "number" && typeof lon === "number" && Number.isFinite(lat) && Number.isFinite(lon)) Object.assign(note, { lon, lat });
    const taken = read?.["DateTimeOriginal"];
    if (taken instanceof Date && !Number.isNaN(taken.getTime())) note.taken_at = taken.toISOString();
  } catch {
    // Broken metadata make no photo unusable.
  }
  return note;
}

/** Photos are sent no larger than anybody looks at them. */
const LONGEST_PX = 1600;
const QUALITY = 0.8;

/** The photo upright as a JPEG of at most 1,600 px; null where this browser cannot decode it. */
export async function shrink(file: File): Promise<Blob | null> {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_PX / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return await new Promise((settle) => canvas.toBlob(settle, "image/jpeg", QUALITY));
  } catch {
    return null;
  }
}

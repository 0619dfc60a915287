declare module "*.svg" {
  /** The file's markup, inlined by the bundler. */
  const markup: string;
  export default markup;
}
declare module "*.css";
declare module "exifr/dist/lite.esm.mjs" {
  export { default } from "exifr";
}

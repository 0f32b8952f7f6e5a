/** Pictures that were dropped, pasted or picked, as files in their order. */

const EXTENSIONS = /\.(png|jpe?g|webp|hei[cf]|gif|bmp|tiff?|avif)$/i;
let pasted = 0;

/** Whether a drag or a paste carries files; a drag of text or of a slot does not. */
export function carriesFiles(transfer) {
  return Boolean(transfer) && Array.from(transfer.types).includes("Files");
}

/** Names of dropped folders: they hold files, but are none. */
export function foldersOf(transfer) {
  return Array.from(transfer.items ?? [])
    .map((item) => (item.kind === "file" ? item.webkitGetAsEntry?.() : null))
    .filter((entry) => entry?.isDirectory)
    .map((entry) => entry.name);
}

/** @param {DataTransfer} transfer @returns {File[]} in the order they were dropped, without folders */
export function droppedFiles(transfer) {
  const folders = new Set(foldersOf(transfer));
  return Array.from(transfer.files).filter((file) => !folders.has(file.name));
}

/**
 * The pictures of a paste; none where there is text to paste as well (a cell or a paragraph brings its own picture).
 * @param {DataTransfer | null} transfer
 * @returns {File[]}
 */
export function pastedPictures(transfer) {
  if (!carriesFiles(transfer) || Array.from(transfer.types).includes("text/plain")) return [];
  const pictures = Array.from(transfer.files).filter(
    (file) => file.type.startsWith("image/") || EXTENSIONS.test(file.name),
  );
  return pictures.map(renamed);
}

/** Browsers call every pasted picture image.png; numbers tell them apart. */
function renamed(file) {
  if (file.name && file.name !== "image.png") return file;
  pasted += 1;
  return new File([file], `pasted-${pasted}.png`, { type: file.type });
}

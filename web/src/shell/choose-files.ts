/** Opens the browser's own dialog for decks; also from a key, where no button was pressed. */
export function chooseFiles(onFiles: (files: File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "application/pdf,.pdf,.pptx,.ppsx,.odp";
  input.multiple = true;
  input.addEventListener("change", () => onFiles([...(input.files ?? [])]));
  input.click();
}

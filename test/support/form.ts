/** A form with one file, as a browser sends it. */
export function formOf(
  name: string,
  file: Buffer,
  field = "file",
): { payload: Buffer; headers: Record<string, string> } {
  const boundary = "----pilotlight-test";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: application/pdf\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  return {
    payload: Buffer.concat([Buffer.from(head), file, Buffer.from(tail)]),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

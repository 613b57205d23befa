import { AppError } from "./app-error.ts";

/** How much is taken is a setting: whoever refuses by it says it. */
export function tooLarge(bytesMax: number, bytes?: number): AppError {
  const has = bytes === undefined ? "" : `It has ${megabytes(bytes)} MB. `;
  return new AppError("FILE_TOO_LARGE", `${has}At most ${megabytes(bytesMax)} MB are taken here.`);
}

/** Of 1,048,576 bytes, as settings are thought of; one digit where that is little. */
const megabytes = (bytes: number): number => {
  const whole = bytes / 1024 / 1024;
  return whole < 10 ? Math.round(whole * 10) / 10 : Math.round(whole);
};

import { createHmac, timingSafeEqual } from "node:crypto";

/** What a browser holds instead of a key: which key it stands for, and until when. */
export interface Session {
  readonly keyId: string;
  readonly expiresAtMs: number;
}

/**
 * A session as text, sealed with the stored hash of its key. The key cannot be told from it, it counts at every
 * control plane of the database, and it is worth nothing once the key is taken back.
 */
export function sealSession({ keyId, expiresAtMs }: Session, keyHash: Buffer): string {
  const told = `${keyId}.${expiresAtMs}`;
  return `${told}.${macOf(told, keyHash)}`;
}

/** What the text says of itself; nothing is proved by it yet. undefined: it is no session. */
export function sessionIn(text: string): Session | undefined {
  const [, keyId, expiresAt] = /^(\d{1,18})\.(\d{1,15})\.[\w-]{43}$/.exec(text) ?? [];
  if (keyId === undefined) return undefined;
  return { keyId, expiresAtMs: Number(expiresAt) };
}

/** Whether it was sealed with this hash. */
export function isSealedWith(text: string, keyHash: Buffer): boolean {
  const at = text.lastIndexOf(".");
  const given = Buffer.from(text.slice(at + 1));
  const right = Buffer.from(macOf(text.slice(0, at), keyHash));
  return given.length === right.length && timingSafeEqual(given, right);
}

const macOf = (told: string, keyHash: Buffer): string =>
  createHmac("sha256", keyHash).update(`pilotlight session ${told}`).digest("base64url");

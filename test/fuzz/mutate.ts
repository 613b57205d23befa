import type { Random } from "../../src/lib/random.ts";

/** Words that steer a reader: put where they do not belong, they send it astray. */
const tokens = [
  "endobj",
  "endstream",
  "stream\n",
  "/Kids [1 0 R 2 0 R 3 0 R]",
  "/Count 2147483647",
  "/Count -1",
  "/Length 4294967295",
  "/Length 0",
  "/MediaBox [0 0 1e9 1e9]",
  "/MediaBox [0 0 0 0]",
  "/Rotate 45",
  "/Filter [/FlateDecode /FlateDecode]",
  "/Filter /JPXDecode",
  "/Filter /JBIG2Decode",
  "/Filter /CCITTFaxDecode",
  "/Predictor 15 /Columns 2147483647",
  "/Width 65535 /Height 65535",
  "/Parent 1 0 R",
  "/Encrypt 5 0 R",
  "xref\n0 99999999\n",
  "startxref\n0\n%%EOF",
  "<<<<<<<<<<<<<<<<",
  "[[[[[[[[[[[[[[[[",
  "q q q q q q q q ",
  "1 0 R",
] as const;

const numbers = [
  "0",
  "-1",
  "65536",
  "2147483647",
  "4294967296",
  "99999999999",
  "1e30",
  "0.0000001",
];

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const at = (random: Random, length: number): number =>
  Math.floor(random.next() * Math.max(1, length));

const flipBytes: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const count = 1 + at(random, 24);
  for (let index = 0; index < count; index += 1) copy[at(random, copy.length)] = at(random, 256);
  return copy;
};

const cutOff: Mutation = (bytes, random) => bytes.subarray(0, 1 + at(random, bytes.length));

const takeOut: Mutation = (bytes, random) => {
  const from = at(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + at(random, 512))]);
};

const repeat: Mutation = (bytes, random) => {
  const from = at(random, bytes.length);
  const piece = bytes.subarray(from, from + 1 + at(random, 1024));
  const times = 1 + at(random, 8);
  return Buffer.concat([
    bytes.subarray(0, from),
    ...Array.from({ length: times }, () => piece),
    bytes.subarray(from),
  ]);
};

const insertToken: Mutation = (bytes, random) => {
  const token = tokens[at(random, tokens.length)] ?? "";
  const from = at(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(` ${token} `), bytes.subarray(from)]);
};

/** Another number in the place of one: sizes, offsets, references. */
const changeNumber: Mutation = (bytes, random) => {
  const text = bytes.toString("latin1");
  const start = at(random, text.length);
  const found = /\d+/g;
  found.lastIndex = start;
  const match = found.exec(text);
  if (match === null) return flipBytes(bytes, random, bytes);
  const number = numbers[at(random, numbers.length)] ?? "0";
  const [from, to] = [match.index, match.index + match[0].length];
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(number), bytes.subarray(to)]);
};

/** A word of the file in the place of another: dictionaries that lie about themselves. */
const swapNames: Mutation = (bytes, random) => {
  const text = bytes.toString("latin1");
  const names = [...new Set(text.match(/\/[A-Za-z]{2,20}/g) ?? [])];
  const [one, two] = [names[at(random, names.length)], names[at(random, names.length)]];
  if (one === undefined || two === undefined) return flipBytes(bytes, random, bytes);
  return Buffer.from(text.replaceAll(one, two), "latin1");
};

const splice: Mutation = (bytes, random, other) => {
  const from = at(random, other.length);
  const piece = other.subarray(from, from + 1 + at(random, 8192));
  const to = at(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
};

const mutations = [
  flipBytes,
  cutOff,
  takeOut,
  repeat,
  insertToken,
  changeNumber,
  changeNumber,
  swapNames,
  splice,
] as const;

/** A file broken in one to four ways. The same random numbers break it in the same ways. */
export function mutated(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let result = bytes;
  const times = 1 + at(random, 4);
  for (let index = 0; index < times; index += 1) {
    const mutation = mutations[at(random, mutations.length)] ?? flipBytes;
    result = mutation(result, random, other);
  }
  return result;
}

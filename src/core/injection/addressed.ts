/** A passage of a slide that speaks to a machine that reads it, not to an investor. */
export interface AddressedPassage {
  /** The whole line, as it stands there. */
  readonly quote: string;
  readonly sign: "override" | "addressee" | "dictation" | "role_mark" | "fake_answer";
}

const past = "previous|prior|above|earlier|preceding|foregoing|other|system|your|all|any";
const fields =
  "startup[_ ]name|company[_ ](?:name|offering)|funding[_ ]amount|deck[_ ]date|is[_ ]healthcare";

/**
 * Signs, each a wording that a slide for people has no use for. They are what published attacks have
 * in common: an order to drop earlier orders, an address to a model, a dictated answer, the marks with
 * which chat templates (ChatML, Llama, Gemma, Mistral) tell speakers apart, and a ready-made answer.
 */
const signs: readonly (readonly [AddressedPassage["sign"], RegExp])[] = [
  [
    "override",
    new RegExp(
      `\\b(?:ignore|disregard|forget|override|bypass)\\s+(?:(?:${past}|the|of|my|these)\\s+){1,5}(?:instructions?|prompts?|rules|directions|guidelines)\\b`,
      "iu",
    ),
  ],
  [
    "override",
    /(?:ignorier\p{L}*|vergiss|missachte)\s+(?:\p{L}+\s+){0,3}(?:anweisung|instruktion|vorgabe)\p{L}*|(?:ignore[zr]?|oublie[zr]?)\s+(?:\p{L}+\s+){0,3}(?:instructions|consignes)|(?:ignor[ae]n?|olvid[ae]n?)\s+(?:\p{L}+\s+){0,3}instrucciones/iu,
  ],
  [
    "addressee",
    /\b(?:if you are|note (?:to|for)|attention|dear|message (?:to|for)|instructions? (?:to|for))\s*:?\s+(?:an?\s+|the\s+|any\s+|all\s+)?(?:AIs?|LLMs?|(?:large )?language models?|chatbots?)\b/iu,
  ],
  [
    "dictation",
    new RegExp(
      `\\b(?:answer|respond|reply|report|output|return|set|give|assign|fill in)\\b.{0,60}\\b(?:${fields})\\b.{0,20}(?:\\bis\\b|\\bto\\b|\\bas\\b|\\bof\\b|[:=])`,
      "iu",
    ),
  ],
  [
    "dictation",
    /\b(?:give|assign|rate|score|grade)\s+(?:this|the|our|every|each)\s+(?:deck|company|start-?up|pitch|proposal|presentation|question)\b.{0,40}\b(?:(?:highest|maximum|top|full|best|perfect)\s+(?:possible\s+)?(?:score|mark|rating|grade|points)|(?:score|mark|rating|grade)\s+of\s+(?:5|10|100))\b/iu,
  ],
  [
    "role_mark",
    /<\|[a-z_]{2,30}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?start_of_turn>|<\/?end_of_turn>|<\/?(?:system|assistant|instructions?|deck(?:-\w+)?|slide)\b[^>\n]{0,80}>|^\s*(?:###\s*)?(?:system|assistant)(?: prompt| message)?\s*:/imu,
  ],
  ["fake_answer", new RegExp(`[{,]\\s*["“](?:${fields}|applicable|evidence|score)["”]\\s*:`, "iu")],
];

/** Every line of a text that carries a sign, once, in the order of the text. */
export function addressedPassages(text: string): AddressedPassage[] {
  return text.split("\n").flatMap((line) => {
    const found = signs.find(([, pattern]) => pattern.test(line));
    return found === undefined ? [] : [{ quote: line.trim(), sign: found[0] }];
  });
}

/** The text without those lines: they state nothing about a company. */
export function withoutAddresses(text: string): string {
  const passages = new Set(addressedPassages(text).map(({ quote }) => quote));
  if (passages.size === 0) return text;
  return text
    .split("\n")
    .filter((line) => !passages.has(line.trim()))
    .join("\n");
}

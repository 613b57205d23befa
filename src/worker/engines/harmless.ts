/**
 * Text from outside as a prompt may hold it: no letter, word or number is lost, but nothing in it can
 * pass for a mark of ours or for a token with which chat templates tell speakers apart. Servers that
 * turn a whole prompt into tokens take such a mark for the real one wherever it stands.
 */
export const harmless = (text: string): string =>
  text.replace(unseen, "").replace(tagStart, "$& ").replace(pipeEnd, "| >").replace(bracket, "$& ");

/**
 * Characters that a reader does not see and a model does: control characters (but for tab and line
 * end), marks of direction, invisible operators, and the planes in which whole sentences can be hidden
 * (tags, supplementary variation selectors; Unicode 15, chapter 23). The joiners U+200C and U+200D
 * stay: Persian, Hindi and emoji are written with them.
 */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** `<slide`, `</deck-0a1b`, `<|im_start|>`, `<<SYS>>`, `<s>`, `<start_of_turn>`; `p<0.05` is left alone. */
const tagStart = /<(?=[<|/!?\p{L}_])/gu;

const pipeEnd = /\|>/g;

/** Marks in square brackets of the Llama 2 and Mistral templates. */
const bracket =
  /\[(?=\/?(?:INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|THINK|IMG|IMG_BREAK|IMG_END|PREFIX|MIDDLE|SUFFIX)\])/gi;

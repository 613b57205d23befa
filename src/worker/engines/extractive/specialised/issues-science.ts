import type { IssueRule } from "./issues.ts";

const supposed =
  /(?<!\p{L})(?:hypothes[ie]s|we (?:believe|hypothesi[sz]e|propose|assume|expect) that|we hypothesi[sz]e|in theory|the idea is that|wir (?:glauben|vermuten|erwarten), dass|(?:unsere )?Hypothese|nous (?:pensons|croyons|supposons) que|(?:notre )?hypothèse|en théorie|creemos que|suponemos que|(?:nuestra )?hipótesis|en teoría)(?!\p{L})/iu;
const evidence =
  /[nN]\s?=\s?\d|(?<!\p{L})(?:our (?:own )?(?:bench |pilot |clinical )?data|in vivo|in vitro|mice|mouse|rats?|animal (?:model|stud)\w*|dose[- ](?:response|réponse|respuesta)|published|et al\.?|biops\w+|human (?:data|tissue|genetic\w*)|Labordaten|Tiermodell\w*|données de laboratoire|datos de laboratorio|trial (?:data|results))(?!\p{L})/iu;

/** A supposition about nature that nothing on its slide speaks for. */
export const scienceIssues: readonly IssueRule[] = [
  {
    kind: "hypothesis",
    re: supposed,
    issue: {
      code: "hypothesis_without_evidence",
      severity: "major",
      what: "The idea is stated as a belief; neither a mechanism with own data nor published work stands beside it.",
      fix: "Add what speaks for it (human data before animals before bench), and the result that would refute it.",
      as_of: null,
    },
    holds: ({ slide }) =>
      /^(?:science|solution|product|clinical|other)$/.test(slide.kind) && !evidence.test(slide.text)
        ? []
        : null,
  },
];

import type { Sentence } from "../search.ts";
import type { IssueRule } from "./issues.ts";
import { planned, type Setting } from "./statements.ts";

/** The state of law and practice the sentences below were written for. */
const asOf = "2026-11-23";

const none: readonly never[] = [];
const always = (): readonly never[] => none;

/** Approval in the strict sense: PMA, and the applications of drugs and biologics. */
const approvable = /(?<!\p{L})(?:PMA|NDA|BLA|P\d{6})(?![\p{L}\d])/u;
/** What the own product is held against: "compared to all devices approved by the FDA". */
const ofOthers =
  /(?<!\p{L})(?:(?:compared (?:to|with)|than|versus|vs\.?|unlike) (?:[\p{L}-]+ ){0,3}|(?:existing|other|within|surpassing the|exceeding the) (?:[\p{L}-]+ ){0,1})(?:FDA[- ]?)?(?:approved|cleared)(?!\p{L})/iu;
const device =
  /510\s?\(?k\)?|\bK\d{6}\b|De Novo|(?<!\p{L})(?:class|Klasse|classe|clase) (?:I|II|1|2)(?![\p{L}\d])|wearable|(?<!\p{L})(?:apps?|device|software|sensor|Gerät|dispositif|logiciel|dispositivo)(?!\p{L})/iu;

interface Status {
  readonly done: RegExp;
  readonly plan: RegExp;
}

const finished =
  "received|obtained|granted|erhalten|erteilt|obtenue?|obtenid[oa]|recibid[oa]|carries|has|holds";
const future =
  "expected|planned|targeted|submission|to be|will|geplant|erwartet|prévue?|attendue?|previst[oa]|en trámite|next year|Einreichung|dépôt|solicitud";
const statuses: readonly Status[] = [
  {
    done: /FDA[- ]?(?:cleared|approved)|(?:510\s?\(?k\)?|FDA)[- ](?:clearance|approval) (?:received|obtained|granted)|(?:cleared|approved) by the FDA|FDA-?(?:Zulassung|Freigabe) (?:über 510\(k\) )?erhalten/iu,
    plan: new RegExp(
      `(?:FDA|510\\s?\\(?k\\)?)[^.]{0,50}(?:${future})|(?:${future})[^.]{0,40}(?:FDA|510\\s?\\(?k\\)?)`,
      "iu",
    ),
  },
  {
    done: new RegExp(
      `CE[- ]?marked|(?:${finished})[^.]{0,25}(?:CE[- ]?mark|CE-Kennzeichnung|marquage CE|marcado CE)|(?:CE[- ]?mark|CE-Kennzeichnung|marquage CE|marcado CE)[^.]{0,25}(?:received|obtained|erhalten|obtenu|obtenido)`,
      "iu",
    ),
    plan: new RegExp(
      `(?:CE[- ]?mark(?:ing)?|CE-Kennzeichnung|marquage CE|marcado CE)[^.]{0,40}(?:${future})`,
      "iu",
    ),
  },
];

/** Sentences that plan what this one says is done. */
function contradicted({ text }: Sentence, { sentences }: Setting): readonly Sentence[] | null {
  if (planned.test(text)) return null;
  const status = statuses.find(({ done }) => done.test(text));
  if (status === undefined) return null;
  const plans = sentences.filter(
    (one) => one.text !== text && status.plan.test(one.text) && !status.done.test(one.text),
  );
  return plans.length > 0 ? plans : null;
}

const applied =
  /patents? (?:applications?|filings?|pending)|patent applied|applications? (?:are |is )?(?:pending|filed)|Patentanmeldung\p{L}*|Patente? (?:in .{0,30})?angemeldet|demandes? de brevet|brevets? déposé|solicitud(?:es)? de patente|patentes? solicitad/iu;
const granted =
  /\bEP\s?\d{7}\s?B\d|\bUS\s?\d{1,2}[,.]?\d{3}[,.]?\d{3}(?:\s?B[12])?\b|patents? (?:was |were |is |are )?(?:granted|issued)|granted (?:patents?|in)|(?:Patente? )?(?<!nicht )erteilt(?! )|noch ?erteilt|brevets? délivrés?|concedid[oa]/iu;

const states = (
  code: string,
  severity: "major" | "minor",
  what: string,
  fix: string,
): IssueRule["issue"] => ({
  code,
  severity,
  what,
  fix,
  as_of: asOf,
});

/** Common misstatements of clearance, standards, privacy and rights, as sentences with the date they hold for. */
export const regulatoryIssues: readonly IssueRule[] = [
  {
    kind: "clearance",
    re: /FDA[- ]?(?:approv(?:ed|al)|Zulassung|zugelassen)|approved by (?:the )?FDA|approuvée? par la FDA|approbation (?:de la )?FDA|aprobad[oa] por la FDA|aprobación de la FDA/iu,
    issue: states(
      "approved_for_cleared",
      "major",
      "A 510(k) is cleared and a De Novo granted; only PMA, NDA and BLA are approved. Calling a cleared device approved counts as misbranding (21 CFR 807.97).",
      'Write "FDA cleared" with the 510(k) number, or "De Novo granted" with its number.',
    ),
    holds: ({ text }) =>
      device.test(text) && !approvable.test(text) && !ofOthers.test(text) ? none : null,
  },
  {
    kind: "clearance",
    re: /FDA[- ]?(?:registered|listed|certified|certificat\w*|accredited|zertifiziert|registriert\p{L}*)|certifiée? (?:par la )?FDA|enregistrée? (?:auprès de|à) la FDA|certificad[oa] por la FDA|registrad[oa] (?:en|por|ante) la FDA/iu,
    issue: states(
      "registration_as_review",
      "major",
      "Registration and listing are forms and no review, and the FDA issues no certificates.",
      "State the status of each product: exempt, cleared, granted or approved, with its number.",
    ),
    holds: always,
  },
  {
    kind: "clearance",
    re: /\bCE[- ]?(?:certifi(?:ed|cat\w*)|approv(?:ed|al)|zertifizi?ert\p{L}*|Zulassung|Zertifizierung)|certifiée? CE\b|certification CE\b|certificación CE\b|certificad[oa] CE\b|\bEMA[- ]approved/iu,
    issue: states(
      "ce_as_approval",
      "minor",
      "The CE mark is the maker's own declaration and no approval; from class IIa a notified body certifies it, and the EMA approves no devices.",
      "Say class, MDR or IVDR, number of the notified body and date of its certificate.",
    ),
    holds: ({ text }) =>
      /notified body|benannte Stelle|organisme notifié|organismo notificado/iu.test(text) ||
      /(?<!\p{L})CE\s?\d{4}/u.test(text)
        ? null
        : none,
  },
  {
    kind: "standard",
    re: /(?:(?:ISO|IEC)\s?(?:\/IEC\s?)?(?:14971|62304|62366)(?:-1)?[^.;,]{0,25}(?:certif|zertif)|(?:certif|zertif)\p{L}*[^.;,]{0,30}(?:ISO|IEC)\s?(?:\/IEC\s?)?(?:14971|62304|62366)|13485[^.;,]{0,15}certified (?:product|device|software)|(?:product|device)[^.;,]{0,10}certified[^.;,]{0,10}13485)/iu,
    issue: states(
      "standard_not_certifiable",
      "minor",
      "ISO 14971, IEC 62304 and IEC 62366 are complied with and not certified; ISO 13485 certifies a company's quality system and no product.",
      'Write "developed according to" these standards, and name holder and scope of the ISO 13485 certificate.',
    ),
    holds: always,
  },
  {
    kind: "privacy",
    re: /(?:HIPAA|GDPR|DSGVO|RGPD)[- ]?(?:certifi|zertifi)\p{L}*|certifi(?:ed|cation)[^.]{0,15}(?:HIPAA|GDPR)|certifi(?:ée?s?|cad[oa]s?)\s(?:HIPAA|RGPD|GDPR)/iu,
    issue: states(
      "privacy_certificate",
      "minor",
      "There is no official HIPAA certificate, and next to none for the GDPR.",
      "Show what there is: business associate agreements, an audit report such as SOC 2, a data protection impact assessment.",
    ),
    holds: always,
  },
  {
    kind: "designation",
    re: /(?:breakthrough|fast[- ]track|PRIME|RMAT|orphan)[^.]{0,40}(?<!\p{L})(?:prov\w+|confirm\w*|validat\w+|show\w*|demonstrat\w+|agrees?|evidence|superior|approval)(?!\p{L})|(?:prov\w+|confirmed|validated|shown|demonstrated|efficacy)[^.]{0,40}(?:breakthrough|fast[- ]track|PRIME|RMAT)/iu,
    issue: states(
      "designation_as_proof",
      "major",
      "A designation gives earlier and closer talks with the authority; it is no approval and no proof of effect.",
      "Give its date and what it speeds up, and show the data that led to it.",
    ),
    holds: always,
  },
  {
    kind: "clearance",
    re: /FDA|510\s?\(?k\)?|\bCE\b/u,
    issue: states(
      "status_contradicted",
      "major",
      "One slide says it is done, another still plans it.",
      "State one status with its date, and correct the other slide.",
    ),
    holds: contradicted,
  },
  {
    kind: "rights",
    re: /(?<!\p{L})(?:patented|our patents?|patentiert\p{L}*|brevetée?s?|notre brevet|patentad[oa]s?|nuestra patente)(?!\p{L})/iu,
    issue: states(
      "pending_as_patented",
      "minor",
      "It is called patented, and the deck names only applications: pending is not granted.",
      'Write "patent pending" with number, country and date of filing.',
    ),
    holds: ({ text }, { sentences }) => {
      if (granted.test(text) || applied.test(text)) return null;
      if (sentences.some((one) => granted.test(one.text))) return null;
      const pending = sentences.filter((one) => applied.test(one.text));
      return pending.length > 0 ? pending : null;
    },
  },
];

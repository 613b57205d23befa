import type { Kind, Language } from "../types.ts";

/** Claims an expert would stop at, by kind. Slots: {name} {users} {K} {n} {p} {year}. */
type Bank = Readonly<Partial<Record<Kind, readonly string[]>>>;

export const badClaims: Readonly<Record<Language, Bank>> = {
  en: {
    efficacy_unproven: [
      "{name} reduces hospital stays",
      "Our product prevents relapses in {users}",
      "Treatment with {name} improves survival",
      "{users} recover faster with {name}",
      "{name} is highly effective in {users}",
      "Lowers mortality and shortens recovery",
      "Stops the disease before it gets worse",
      "Delivers better clinical outcomes than standard care",
    ],
    clinically_proven: [
      "{name} is clinically proven",
      "Clinically validated and ready to scale",
      "A scientifically proven approach",
      "Proven clinical efficacy from day one",
      "Clinically tested technology for {users}",
      "The only clinically proven solution in its field",
    ],
    percent_without_n: [
      "{p} % accuracy in detecting early signs",
      "{p} % of patients felt better after four weeks",
      "Readmissions fell by {p} %",
      "Sensitivity of {p} % in daily use",
      "Symptoms were reduced by {p} %",
      "{p} % fewer emergency visits among {users}",
      "Remission in {p} % of cases",
      "Detects the condition with {p}% accuracy",
    ],
    small_n: [
      "In our pilot with {n} patients pain fell by {p} %",
      "Pilot study (n = {n}): {p} % reduction of symptoms",
      "{p} % of users improved (n={n})",
      "Efficacy shown in {n} patients: {p} % response rate",
      "A first trial in {n} subjects proved that it works: {p} % remission",
      "Results in {n} volunteers: sensitivity {p} %",
    ],
    fda_approved: [
      "FDA approved under 510(k) {K}",
      "Our FDA-approved wearable is on the market",
      "510(k) {K}: FDA approval obtained in {year}",
      "The {name} device is FDA approved (class II)",
      "FDA approval of our software as a class II device ({K})",
      "{name} app, approved by the FDA through the 510(k) pathway",
    ],
    fda_registered: [
      "{name} is FDA registered and safe to use",
      "FDA certified medical device",
      "Our product is FDA listed, so buyers can trust it",
      "FDA registered device since {year}",
      "We hold an FDA certificate for {name}",
      "FDA accredited technology",
    ],
    ce_approved: [
      "{name} is CE approved",
      "CE certified since {year}",
      "CE approval obtained in {year}",
      "Our device has a CE certification",
      "CE-approved for use in all of Europe",
      "EMA approved medical device",
    ],
    standard_certified: [
      "ISO 14971 certified product",
      "Our software is IEC 62304 certified",
      "Certified according to ISO 14971 and IEC 62366",
      "{name} is certified to IEC 62304",
      "ISO 13485 certified product",
      "We hold the IEC 62366 certificate for {name}",
    ],
    privacy_certified: [
      "HIPAA certified platform",
      "{name} is HIPAA-certified",
      "GDPR certified and hosted in Europe",
      "We are certified for HIPAA and GDPR",
      "Our HIPAA certification protects all data",
      "Officially HIPAA certified since {year}",
    ],
    designation_as_proof: [
      "The FDA breakthrough device designation proves that {name} works",
      "Efficacy confirmed by FDA breakthrough designation",
      "Breakthrough device status shows that our results are superior",
      "Breakthrough approval by the FDA in {year}",
      "FDA fast track designation validates the efficacy of {name}",
      "Awarded breakthrough designation: the FDA agrees that {name} is better than standard care",
    ],
    patent_pending: [
      "Our patented sensor design cannot be copied",
      "{name} is a patented technology",
      "Patented algorithm at the core of the product",
      "Protected by our patent on the measuring method",
    ],
    hypothesis_unproven: [
      "We believe that the signal predicts an attack three days ahead",
      "Our hypothesis: lowering this marker slows the disease",
      "We hypothesise that daily dosing restores the tissue",
      "The idea is that changes in breath precede symptoms",
      "In theory the approach can reverse the damage",
      "We expect that early warnings change the course of the disease",
    ],
  },
  de: {
    efficacy_unproven: [
      "{name} senkt die Zahl der Krankenhaustage",
      "Unser Produkt verhindert Rückfälle",
      "{name} verbessert die Lebensqualität der Patienten deutlich",
    ],
    clinically_proven: [
      "{name} ist klinisch bewiesen",
      "Klinisch validiert und sofort einsetzbar",
      "Die Wirksamkeit ist wissenschaftlich erwiesen",
    ],
    percent_without_n: [
      "{p} % Genauigkeit bei der Früherkennung",
      "Die Beschwerden sanken um {p} %",
      "{p} % der Patienten fühlten sich besser",
    ],
    small_n: [
      "In unserem Pilotprojekt mit {n} Patienten sanken die Schmerzen um {p} %",
      "Pilotstudie (n = {n}): {p} % weniger Beschwerden",
    ],
    fda_approved: [
      "FDA-Zulassung über 510(k) {K} erhalten",
      "{name} ist FDA-zugelassen (510(k), Klasse II)",
    ],
    fda_registered: ["{name} ist FDA-zertifiziert", "FDA-registriertes Medizinprodukt"],
    ce_approved: ["{name} ist CE-zertifiziert", "CE-Zulassung seit {year}"],
    standard_certified: [
      "Unsere Software ist nach IEC 62304 zertifiziert",
      "ISO 14971 zertifiziertes Produkt",
    ],
    privacy_certified: ["DSGVO-zertifizierte Plattform", "{name} ist HIPAA-zertifiziert"],
    patent_pending: ["Unser patentiertes Messverfahren", "{name} ist eine patentierte Technologie"],
    hypothesis_unproven: [
      "Wir glauben, dass das Signal einen Schub drei Tage vorher anzeigt",
      "Unsere Hypothese: Wird der Marker gesenkt, verläuft die Krankheit langsamer",
    ],
  },
  fr: {
    efficacy_unproven: [
      "{name} réduit les hospitalisations",
      "Notre produit prévient les rechutes",
      "{name} améliore la survie des patients",
    ],
    clinically_proven: [
      "{name} est cliniquement prouvé",
      "Efficacité cliniquement validée",
      "Une approche scientifiquement prouvée",
    ],
    percent_without_n: [
      "{p} % de précision dans la détection précoce",
      "Les symptômes ont diminué de {p} %",
      "{p} % des patients se sentent mieux",
    ],
    small_n: [
      "Dans notre pilote avec {n} patients, la douleur a baissé de {p} %",
      "Étude pilote (n = {n}) : réduction de {p} % des symptômes",
    ],
    fda_approved: [
      "{name} est approuvé par la FDA (510(k) {K})",
      "Approbation FDA obtenue par la voie 510(k)",
    ],
    fda_registered: ["{name} est certifié FDA", "Dispositif enregistré auprès de la FDA, donc sûr"],
    ce_approved: ["{name} est certifié CE", "Certification CE obtenue en {year}"],
    standard_certified: ["Notre logiciel est certifié IEC 62304", "Produit certifié ISO 14971"],
    privacy_certified: ["Plateforme certifiée RGPD", "{name} est certifié HIPAA"],
    patent_pending: ["Notre capteur breveté", "{name} est une technologie brevetée"],
    hypothesis_unproven: [
      "Nous pensons que le signal annonce une crise trois jours avant",
      "Notre hypothèse : baisser ce marqueur ralentit la maladie",
    ],
  },
  es: {
    efficacy_unproven: [
      "{name} reduce los días de hospital",
      "Nuestro producto previene las recaídas",
      "{name} mejora la supervivencia de los pacientes",
    ],
    clinically_proven: [
      "{name} está clínicamente probado",
      "Eficacia clínicamente demostrada",
      "Un método científicamente probado",
    ],
    percent_without_n: [
      "{p} % de precisión en la detección temprana",
      "Los síntomas bajaron un {p} %",
      "El {p} % de los pacientes se siente mejor",
    ],
    small_n: [
      "En nuestro piloto con {n} pacientes el dolor bajó un {p} %",
      "Estudio piloto (n = {n}): reducción del {p} % de los síntomas",
    ],
    fda_approved: [
      "{name} está aprobado por la FDA (510(k) {K})",
      "Aprobación de la FDA por la vía 510(k)",
    ],
    fda_registered: [
      "{name} está certificado por la FDA",
      "Dispositivo registrado en la FDA, por tanto seguro",
    ],
    ce_approved: ["{name} tiene certificación CE", "Certificado CE desde {year}"],
    standard_certified: [
      "Nuestro software está certificado según IEC 62304",
      "Producto certificado ISO 14971",
    ],
    privacy_certified: ["Plataforma certificada RGPD", "{name} está certificado HIPAA"],
    patent_pending: ["Nuestro sensor patentado", "{name} es una tecnología patentada"],
    hypothesis_unproven: [
      "Creemos que la señal anuncia una crisis tres días antes",
      "Nuestra hipótesis: bajar este marcador frena la enfermedad",
    ],
  },
};

/** The same topics said as they should be: nothing to find. By kind of slide. */
export const goodClaims: Readonly<Record<Language, Readonly<Record<string, readonly string[]>>>> = {
  en: {
    regulatory: [
      "FDA cleared in {year} (510(k) {K}), class II",
      "De Novo granted by the FDA in {year} (DEN210045)",
      "CE marked under MDR, class IIa, notified body 0123, certificate of {year}",
      "PMA approved by the FDA in {year} (P200012)",
    ],
    clinical: [
      "Usability test with 12 nurses: all found the start button",
      "Adverse events: none related to the product among 164 patients",
      "Clinically validated in a multicentre trial (n = 240, ISRCTN12345678), published in 2025",
      "Readmissions fell from 24 % to 16 %, n = 180 patients against usual care (p = 0.02)",
    ],
    product: [
      "ISO 13485 certified quality system since 2024, certificate by a notified body",
      "Risk management follows ISO 14971",
      "Software life cycle according to IEC 62304",
      "ISO 27001 certified data centre",
      "Business associate agreements are in place as HIPAA asks",
      "Breakthrough device designation received in {year}, which gives us earlier talks with the FDA",
    ],
    ip: [
      "Patent pending in Europe and the United States",
      "Patented in Europe (EP 3456789 B1, granted in 2024)",
      "One patent granted (US 10,987,654 B2), one application under way",
    ],
  },
  de: {
    regulatory: [
      "CE-Kennzeichnung nach MDR, Klasse IIa, benannte Stelle 0123, Zertifikat von {year}",
    ],
    clinical: ["Gebrauchstest mit 12 Pflegekräften: alle fanden den Startknopf"],
    product: [
      "Zertifiziertes Qualitätssystem nach ISO 13485 seit 2024",
      "Risikomanagement nach ISO 14971",
      "Rechenzentrum mit ISO 27001 Zertifikat",
    ],
    ip: [
      "Patent in Europa und den USA angemeldet",
      "In Europa patentiert (EP 3456789 B1, erteilt 2024)",
    ],
  },
  fr: {
    regulatory: [
      "Marquage CE selon le MDR, classe IIa, organisme notifié 0123, certificat de {year}",
    ],
    clinical: ["Test d'usage avec 12 infirmières : toutes ont trouvé le bouton"],
    product: [
      "Système qualité certifié ISO 13485 depuis 2024",
      "Gestion des risques selon ISO 14971",
      "Centre de données certifié ISO 27001",
    ],
    ip: [
      "Brevet déposé en Europe et aux États-Unis",
      "Brevet délivré en Europe (EP 3456789 B1, 2024)",
    ],
  },
  es: {
    regulatory: [
      "Marcado CE según MDR, clase IIa, organismo notificado 0123, certificado de {year}",
    ],
    clinical: ["Prueba de uso con 12 enfermeras: todas encontraron el botón"],
    product: [
      "Sistema de calidad certificado ISO 13485 desde 2024",
      "Gestión de riesgos según ISO 14971",
      "Centro de datos certificado ISO 27001",
    ],
    ip: [
      "Patente solicitada en Europa y Estados Unidos",
      "Patentado en Europa (EP 3456789 B1, concedida en 2024)",
    ],
  },
};

interface Pairs {
  /** A study that has not begun, in place of results. */
  readonly noResult: readonly string[];
  /** Applications that are not granted yet. */
  readonly applied: readonly string[];
  /** Said as done on one slide. */
  readonly done: readonly string[];
  /** Said as a plan on another, in the same order. */
  readonly planned: readonly string[];
}

export const pairs: Readonly<Record<Language, Pairs>> = {
  en: {
    noResult: [
      "A study with 120 patients is planned for {next}",
      "The first trial will start in {next}",
    ],
    applied: [
      "Patent application filed in 2024 (PCT/EP2024/061234), pending",
      "Two patent applications are pending",
      "Patent filing in preparation",
    ],
    done: ["{name} is FDA cleared", "{name} carries the CE mark", "510(k) clearance received"],
    planned: [
      "FDA clearance expected in {next}",
      "CE mark planned for {next}",
      "510(k) submission in {next}",
    ],
  },
  de: {
    noResult: ["Eine Studie mit 120 Patienten ist für {next} geplant"],
    applied: [
      "Zwei Patentanmeldungen, noch nicht erteilt",
      "Patent angemeldet 2024, Prüfung läuft",
    ],
    done: ["{name} hat die CE-Kennzeichnung erhalten"],
    planned: ["CE-Kennzeichnung für {next} geplant"],
  },
  fr: {
    noResult: ["Une étude avec 120 patients est prévue en {next}"],
    applied: ["Deux demandes de brevet en cours", "Demande de brevet déposée en 2024"],
    done: ["{name} a obtenu le marquage CE"],
    planned: ["Marquage CE prévu en {next}"],
  },
  es: {
    noResult: ["Un estudio con 120 pacientes está previsto para {next}"],
    applied: ["Dos solicitudes de patente en trámite", "Solicitud de patente presentada en 2024"],
    done: ["{name} ha obtenido el marcado CE"],
    planned: ["Marcado CE previsto para {next}"],
  },
};

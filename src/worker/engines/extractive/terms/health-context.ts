import { list } from "./list.ts";

/** Who pays or uses, folded pattern parts: the customers of healthcare. */
export const customerTerms = list(`
  patient; hospital; clinic; physician; clinician; doctor; nurse; health system; health plan; payer; payor; pharma; pharmaceutical company; medical practice; insurer;
  caregiver; care home; pharmacy; laboratory; public health; biotech; health worker; medical staff; medical professional; VHA; NHS; Krankenhaus; Krankenkasse; Arztpraxis; Pflegeheim;
  Patienten; hôpital; médecin; mutuelle; soignant; hospital; médico; paciente; aseguradora; clínica; laboratorio; patrocinador;
  pacient; pacienti; pacienty; lékař; nemocnice; pacjent; pacjenci; lekarz; szpital; ziekenhuis; patiënt; huisarts; sjukhus; läkare; sykehus; potilas; ospedale; paziente
`);

/** Clinical, regulatory and payment language. */
export const languageTerms = list(`
  clinical trial; clinical study; FDA; 510(k); CE mark; MDR; IVDR; notified body; endpoint; indication; ICD-10; CPT; reimbursement; HIPAA; ISO 13485; IRB; randomized; placebo; sensitivity;
  specificity; efficacy; therapeutic; diagnosis; comorbidity; CDC; EMA; NICE; DiGA; Medicare; Medicaid; standard of care; medical device; human trial; adverse event; Zulassung; Medizinprodukt; Erstattung;
  klinische Studie; essai clinique; remboursement; dispositif médical; ensayo clínico; elegibilidad; reembolso; producto sanitario; oncología; vaccination; screening; immunity; health data; GDPR health
`);

/** What looks like health and is not, unless the human purpose outweighs it. */
export const notHealth: readonly { readonly reason: string; readonly terms: readonly string[] }[] =
  [
    {
      reason: "animal",
      terms: list(
        "veterinary; veterinarian; dog; cat; pet; pet owner; livestock; cattle; equine; poultry; puppy; canine; Tierarzt; Haustier; vétérinaire; mascota",
      ),
    },
    {
      reason: "wellness_only",
      terms: list(
        "gym; workout; fitness; fitness club; yoga; spa; personal trainer; meditation; beauty; cosmetics; skincare; sports performance; athlete; calorie; Fitnessstudio; salle de sport; gimnasio",
      ),
    },
    {
      reason: "agri_food",
      terms: list(
        "crop; farmer; fertilizer; pesticide; soil; agriculture; superfood; plant-based; snack; beverage; restaurant; food waste; irrigation; harvest",
      ),
    },
    {
      reason: "education",
      terms: list("school; classroom; teacher; pupil; curriculum; e-learning; tutoring; student"),
    },
    {
      reason: "non_health_insurance",
      terms: list(
        "property insurance; building insurance; motor insurance; car insurance; travel insurance; building damage; homeowner; Gebäudeversicherung; Gebäude; Schadensumme; Elementarschaden; Naturgefahren; policyholder",
      ),
    },
    {
      reason: "customer_vertical_only",
      terms: list(
        "procurement; vendor; ERP; invoice; supply chain; logistics; cybersecurity; HR; payroll; e-commerce; retail; manufacturing; construction; hospitality; fintech; CRM; marketing automation; chatbot; developer; codec; video",
      ),
    },
    {
      reason: "no_health_purpose",
      terms: list(
        "hotel; travel; real estate; mobility; car; vehicle; battery; energy; solar; gaming; game; music; fashion; shopping; supermarket; dating; social network; courier; freight; drone; court; tribunal; legal; bank; crypto; recruiting",
      ),
    },
  ];

/** Pairs in which a health word means something else; taken out before terms are counted. */
export const homonyms = new RegExp(
  "\\b(?:(?:financial|brand|battery|soil|crop|code|server|system|organi[sz]ational|business|data|fiscal) health|" +
    "(?:free|court|field|material|\\d+[- ]day) trials?|(?:water|heat|surface|data) treatments?|(?:cash|mou?lding|dependency|plastic) injection|" +
    "(?:legal|tax|design|law) clinics?|diagnostics? (?:of|for) (?:vehicles?|networks?|machines?)|pain points?|retail therapy|patient capital|viral (?:growth|marketing|loop)|anti-?virus|brand dna|surgical precision|customer care|car care|" +
    "health(?:care)? insurance benefits|health clubs?|fitness|patron saint)\\b",
  "giu",
);

import type { Sector } from "../../../../contract/results.ts";
import { list } from "./list.ts";

/**
 * Words by sector in English, German, French and Spanish. Strong ones count for the sector and for
 * healthcare at all; weak ones only tip a balance. Plurals and accents are handled by the matcher;
 * terms in capitals are matched as written.
 */
export interface SectorTerms {
  readonly strong: readonly string[];
  readonly weak: readonly string[];
}

export const sectorTerms: Readonly<Record<Sector, SectorTerms>> = {
  digital_therapeutics: {
    strong: list(`
      digital therapeutic; DTx; prescription digital therapeutic; cognitive behavioral therapy;
      CBT; mental health; behavioral health; depression; anxiety; PTSD; ADHD; insomnia; addiction;
      substance use disorder; psychotherapy; psychiatrist; PHQ-9; GAD-7; DiGA; PECAN;
      relapse prevention; digital intervention; therapy app; self-management; digitale Therapie;
      thérapie numérique; terapia digital; psychische Gesundheit; santé mentale; salud mental;
      kognitive Verhaltenstherapie; thérapie cognitivo-comportementale;
      terapia cognitivo-conductual; Depression; dépression; depresión; Angststörung;
      trouble anxieux; ansiedad; Suchterkrankung; adicción; Schlafstörung; insomnie; insomnio;
      Psychotherapie; psychothérapie; psicoterapia; App auf Rezept; application sur ordonnance;
      app con receta; Therapietreue; observance; adherencia
    `),
    weak: list("adherence; mindfulness; wellbeing"),
  },
  healthcare_infrastructure: {
    strong: list(`
      EHR; EMR; electronic health record; hospital information system; practice management;
      revenue cycle; RCM; prior authorization; claim denial; medical coding; ICD-10; CPT;
      clinical documentation; ambient scribe; HL7; FHIR; interoperability; PACS;
      discharge management; nurse staffing; clinician burnout; operating room; e-prescribing; BAA;
      hospital staffing; bed management; elektronische Patientenakte; dossier patient informatisé;
      historia clínica electrónica; KIS; Krankenhausinformationssystem;
      système d'information hospitalier; sistema de información hospitalaria; Praxissoftware;
      logiciel de cabinet médical; software de gestión de clínicas; DRG-Abrechnung;
      facturation T2A; facturación sanitaria; Arztbrief; compte rendu médical; informe de alta;
      E-Rezept; ordonnance numérique; receta electrónica; Pflegekräfte; soins infirmiers;
      enfermería; Dienstplan; planning de garde; turnos de guardia
    `),
    weak: list("hospital; clinic; workflow; scheduling; billing"),
  },
  telemedicine: {
    strong: list(`
      telemedicine; telehealth; virtual care; virtual visit; video consultation; teleconsultation;
      remote patient monitoring; RPM; remote monitoring of patients; hospital at home;
      virtual ward; teleradiology; teledermatology; e-consult; chronic care management; CCM;
      vital signs; readmission; care team; licensed physicians; home health care; elderly care;
      triage; asynchronous care; doctor on demand; Telemedizin; télémédecine; telemedicina;
      Videosprechstunde; téléconsultation; videoconsulta; Telemonitoring; télésurveillance;
      telemonitorización; häusliche Pflege; soins à domicile; atención domiciliaria;
      Krankenhaus zu Hause; hospitalisation à domicile; hospitalización a domicilio; Hausarzt;
      médecin traitant; médico de cabecera; Pflegeheim; EHPAD; residencia de mayores;
      chronisch Kranke; malades chroniques; pacientes crónicos; Notaufnahme;
      urgences hospitalières; urgencias
    `),
    weak: list("no-show; remote"),
  },
  diagnostics_devices: {
    strong: list(`
      medical device; in vitro diagnostic; IVD; point of care; assay; biomarker; biosensor;
      lateral flow; PCR; sequencing; liquid biopsy; companion diagnostic; MRI; ultrasound; ECG;
      EEG; catheter; implant; stent; surgical; SaMD; neuromodulation; limit of detection;
      sensitivity; specificity; predicate; 510(k); ISO 13485; antibody test; brain stimulation;
      radiology; pathology; hearing aid; prosthesis; Medizinprodukt; dispositif médical;
      producto sanitario; In-vitro-Diagnostikum; diagnostic in vitro; diagnóstico in vitro;
      medizinische Bildgebung; imagerie médicale; imagen médica; Früherkennung; dépistage; cribado;
      Blutzucker; glycémie; glucemia; Sensitivität; sensibilité diagnostique; sensibilidad;
      Implantat; implante; medizinisches Labor; laboratoire d'analyses; laboratorio clínico;
      CE-Kennzeichnung; marquage CE; marcado CE
    `),
    weak: list("wearable; sensor; diagnostics"),
  },
  biotech_pharma: {
    strong: list(`
      drug candidate; therapeutics; small molecule; monoclonal antibody; bispecific; ADC; CAR-T;
      gene therapy; AAV; mRNA; vaccine; biologic; biosimilar; mechanism of action; IND-enabling;
      preclinical; in vivo; pharmacokinetics; toxicology; CMC; GMP; CDMO; CRO; orphan drug;
      first-in-class; NDA; BLA; lead optimization; indication; clinical trial; oncology; Wirkstoff;
      principe actif; principio activo; Arzneimittel; médicament; medicamento; klinische Studie;
      essai clinique; ensayo clínico; präklinisch; préclinique; preclínico; Antikörper; anticorps;
      anticuerpo; Impfstoff; vaccin; vacuna; Gentherapie; thérapie génique; terapia génica;
      Arzneimittelzulassung; autorisation de mise sur le marché; autorización de comercialización;
      seltene Erkrankung; maladie rare; enfermedad rara; Wirkmechanismus; mécanisme d'action;
      mecanismo de acción
    `),
    weak: list("pipeline; target; IND; Phase 1"),
  },
  health_data_ai: {
    strong: list(`
      real-world evidence; real-world data; RWE; clinical NLP; risk stratification;
      population health; federated learning; synthetic patient data; de-identified; OMOP;
      cohort discovery; trial matching; patient recruitment; clinical trial; eConsent; EDC;
      digital twin; genomics; clinical AI; medical records; health data; AUROC; biobank; EHDS;
      21 CFR Part 11; clinical decision support; patient registry; Gesundheitsdaten;
      données de santé; datos de salud; Versorgungsdaten; données de vie réelle;
      datos de vida real; Studienrekrutierung; recrutement de patients; reclutamiento de pacientes;
      Patientenakte; dossier médical; historial clínico; Pseudonymisierung; pseudonymisation;
      seudonimización; Risikostratifizierung; stratification du risque; estratificación de riesgo;
      Einwilligung; consentement éclairé; consentimiento informado; Sekundärnutzung;
      usage secondaire; uso secundario; medizinische KI; IA médicale; IA médica
    `),
    weak: list("predictive model; registry; platform"),
  },
  consumer_health: {
    strong: list(`
      consumer health; preventive health; personal health data; health tracking; women's health;
      femtech; fertility; menopause; pregnancy; period tracker; weight management; GLP-1;
      diabetes prevention; at-home test; symptom tracker; biological age; smoking cessation;
      hearing loss; sexual health; over-the-counter; dietary supplement; health coach; sleep apnea;
      health literacy; Gesundheitsvorsorge; prévention santé; prevención en salud;
      Nahrungsergänzungsmittel; complément alimentaire; complemento alimenticio; Frauengesundheit;
      santé des femmes; salud femenina; Kinderwunsch; fertilité; fertilidad; Wechseljahre;
      ménopause; menopausia; Schwangerschaft; grossesse; embarazo; Gewichtsmanagement;
      perte de poids; pérdida de peso; Selbsttest; autotest; prueba casera; rezeptfrei;
      sans ordonnance; sin receta
    `),
    weak: list("longevity; nutrition; wellness; sleep; healthy"),
  },
  healthcare_marketplaces: {
    strong: list(`
      provider directory; doctor booking; find a doctor; care navigation; care coordination;
      second opinion; patient financing; health insurance; health plan; self-insured employer; TPA;
      e-pharmacy; online pharmacy; medicine delivery; medical tourism; locum; caregiver matching;
      lab test booking; home nursing; out-of-pocket; health benefits platform; value-based care;
      provider network; patient access; healthcare access; Krankenkasse; assurance maladie;
      seguro médico; Arzttermin; prise de rendez-vous médical; cita médica; Online-Apotheke;
      pharmacie en ligne; farmacia en línea; Zweitmeinung; deuxième avis médical;
      segunda opinión médica; Patientenlotse; parcours de soins; ruta del paciente;
      Leistungserbringer; professionnels de santé; prestadores de salud; Pflegevermittlung;
      mise en relation de soignants; cuidadores; Selbstzahler; reste à charge; pago de bolsillo;
      Versorgungszugang; accès aux soins; acceso a la salud
    `),
    weak: list("marketplace; insurance; network"),
  },
};

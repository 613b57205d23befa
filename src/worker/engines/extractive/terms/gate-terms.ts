import { list } from "./list.ts";

/**
 * Words that say "human healthcare" but no sector. `strong` ones are enough beside two others;
 * `plain` ones count only when a strong one or a sector's word stands in the deck as well.
 */
export const gateTerms = {
  strong: list(`
    patient; physician; nurse; clinician; hospital; clinical; medical; medication; healthcare;
    health care; disease; diagnosis; symptom; surgery; health worker; health data; health record;
    Arzt; Patienten; Krankheit; Erkrankung; Diagnose; Gesundheitswesen; medizinisch; Klinik;
    médecin; maladie; soignant; médical; médico; enfermedad; sanitario; paciente; hospitalario;
    diagnóstico; vision impairment; visual impairment; visually impaired; blind people;
    hearing impairment; hearing impaired; people with disabilities; disabled people; paralysis;
    amputee; cancer; tumor; tumour; diabetes; diabetic; stroke patient; stroke survivor; dementia;
    Alzheimer; Parkinson; asthma; epilepsy; hypertension; heart failure; heart attack; arthritis;
    migraine; obesity; sepsis; COPD; HIV; malaria; tuberculosis; schizophrenia; chronic pain;
    chemotherapy; health outcome; pharmacist; Krebs; Demenz; Schlaganfall; Bluthochdruck;
    Sehbehinderung; sehbehindert; Hörbehinderung; Herzinsuffizienz; démence; diabète; malvoyant;
    malentendant; insuffisance cardiaque; demencia; ictus; hipertensión; discapacidad visual;
    discapacidad auditiva; insuficiencia cardíaca; doença; saúde; médica; malattia; salute;
    paziente; pazienti; cardiology; nephrology; pulmonology; pneumology; oncology; neurology;
    dermatology; gastroenterology; ophthalmology; urology; radiology; orthopaedics; orthopedics;
    psychiatry; paediatrics; pediatrics; physiotherapy; physiotherapist; sleep medicine; wound care;
    sleep apnea; sleep apnoea; renal; kidney failure; Kardiologie; Nephrologie; Pneumologie;
    Onkologie; Neurologie; Dermatologie; Radiologie; Physiotherapie; Schlafmedizin; Wundversorgung;
    cardiologie; néphrologie; neurologie; oncologie; dermatologie; radiologie; kinésithérapie;
    BPCO; cardiología; nefrología; neumología; neumólogo; neurología; dermatología; radiología;
    fisioterapia; EPOC; nicotine; nicotine dependence; vaping; quit smoking; stop smoking;
    pacient; pacienti; pacienty; pacientu; pacientovi; lékař; lékaři; nemocnice; onemocnění; rakovina; rakovin; rakoviny; onkologie; zdravotnictví; ordinace;
    pacjent; pacjenci; pacjenta; pacjentów; lekarz; lekarze; lekarza; szpital; choroba; nowotwór; zdrowie; ziekenhuis; patiënt; zorgverlener; huisarts;
    ziekte; sjukhus; patienter; läkare; sjukvård; sykehus; pasient; lege; sygehus; læge; potilas;
    lääkäri; sairaala; ospedale; medici; ospedali; médico; hospitais; doenças; enfermeiro
  `),
  plain: list(`
    doctor; clinic; medicine; disorder; chronic; caregiver; prescription; Gesundheit; santé; salud;
    therapy; therapist; rehabilitation; disability; wheelchair; blind; deaf; treatment; pharmacy;
    drug; infection; ambulance; dentist; Therapie; Behinderung; Pflege; Apotheke; thérapie;
    handicap; pharmacie; terapia; discapacidad; farmacia
  `),
} as const;

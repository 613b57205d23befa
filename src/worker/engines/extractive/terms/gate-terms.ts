import { list } from "./list.ts";

/**
 * Words that say "human healthcare" but no sector. `strong` ones are enough beside two others;
 * `plain` ones count only when a strong one or a sector's word stands in the deck as well.
 */
export const gateTerms = {
  strong: list(`
    patient; physician; nurse; clinician; hospital; clinical; medical; medication; healthcare;
    health care; disease; diagnosis; symptom; surgery; health worker; health data; health record;
    Arzt; Ärzte; Patienten; Krankheit; Erkrankung; Diagnose; Gesundheitswesen; medizinisch; Klinik;
    médecin; maladie; soignant; médical; médico; enfermedad; sanitario; paciente; hospitalario;
    diagnóstico
  `),
  plain: list(`
    doctor; clinic; medicine; disorder; chronic; caregiver; prescription; Gesundheit; santé; salud
  `),
} as const;

export type {
  PackActivated,
  PackCheckAnswer,
  PackContent,
  PackDraftAnswer,
  PackOutline,
  PackTrialView,
  PackVersionView,
} from "../../../src/contract/packs.ts";

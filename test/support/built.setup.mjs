import { isBuilt } from "../../scripts/set-up/build.mjs";

/** Tells this process and those of the tests whether `dist/` was made of these very sources. */
export default () => {
  process.env.PILOTLIGHT_TESTS_BUILT = isBuilt() ? "1" : "";
};

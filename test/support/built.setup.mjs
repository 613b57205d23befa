import { isBuilt } from "../../scripts/set-up/build.mjs";

/** Tells the tests whether `dist/` was made of these very sources. */
export default (project) => project.provide("isBuilt", isBuilt());

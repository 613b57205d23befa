/** Benchmarks may not use what is of the tests: it lies there. */
export { tellMoney } from "../../bench/page/money-story.ts";

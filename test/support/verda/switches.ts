/**
 * What nobody could find out about the API without calling it, each with its two possible answers.
 * The first is the likelier one. What is built against the API must hold under both.
 */
export const verdaSwitches = {
  /** Status of a create that went well. */
  createAnswers: ["201", "200"],
  deleteAnswers: ["204", "200"],
  /** Status of orders without an answer: pause, resume. */
  orderAnswers: ["204", "200"],
  /** A scaling with a maximum of 0. */
  maxZero: ["refused", "accepted"],
  /** What a pause does to a replica that is there. */
  pause: ["drains", "kills"],
  /** Whether the replica that a pause took away is charged for until the resume. */
  pausedTime: ["free", "billed"],
  /** How a create answers to a name that is taken. */
  nameTaken: ["409", "400"],
  /** The list of environment variables: by container, or flat. */
  envShape: ["grouped", "flat"],
  /** Whether a deployment tells its environment variables itself. */
  envInGet: ["present", "missing"],
  scalingInGet: ["present", "missing"],
  /** How the image of a container is told. */
  imageShape: ["object", "string"],
  /** Words of status outside every list, for what is on its way. */
  statusWords: ["known", "unknown"],
  /** Which thresholds of queue_load are legal. */
  queueLoad: ["from 1", "to 1"],
  /** `autoupdate` and `should_use_cached_image` in a create. */
  extras: ["refused", "accepted"],
  /** Another machine, or spot, for a deployment that exists. */
  machineChange: ["accepted", "refused"],
  numbers: ["numbers", "strings"],
  /** How it shows that no machine is free. */
  noCapacity: ["quota_reached", "503"],
  /** Pieces of ten minutes: of each replica, or of all together. */
  rounding: ["replica", "account"],
  /** Whether the balance of the account is told. */
  balance: ["missing", "told"],
  /** Seconds that a token lives. */
  tokenLife: ["3600", "600"],
  /** Whether a delete is done when it answers. */
  deleteWaits: ["later", "at once"],
} as const;

export type VerdaSwitch = keyof typeof verdaSwitches;
export type VerdaSwitches = {
  readonly [Name in VerdaSwitch]: (typeof verdaSwitches)[Name][number];
};

export const switchNames = Object.keys(verdaSwitches) as VerdaSwitch[];

const all = (which: 0 | 1): VerdaSwitches =>
  Object.fromEntries(
    switchNames.map((name) => [name, verdaSwitches[name][which]]),
  ) as unknown as VerdaSwitches;

export const firstSwitches = all(0);
export const secondSwitches = all(1);

/** The first settings, and the second of one switch. */
export const only = (name: VerdaSwitch): VerdaSwitches => ({
  ...firstSwitches,
  [name]: secondSwitches[name],
});

import { documentErrors } from "./document-codes.ts";
import { failureErrors } from "./failure-codes.ts";
import { reviewErrors } from "./review-codes.ts";
import { type ErrorSpec, spec } from "./spec.ts";

const requestErrors = {
  BAD_REQUEST: spec(400, false, "The request is not valid.", "See `errors` for the fields."),
  UNAUTHORIZED: spec(
    401,
    false,
    "A valid token is needed.",
    "Send `Authorization: Bearer TOKEN`; on the command line: pilotlight auth login, or PILOTLIGHT_TOKEN.",
  ),
  KEY_UNKNOWN: spec(
    401,
    false,
    "This API key opens nothing here.",
    "Check it, or ask whoever runs this Pilotlight for one of its `apiKeys`.",
  ),
  FORBIDDEN: spec(403, false, "This token may not do that.", "Use a token of this workspace."),
  ROUTE_NOT_FOUND: spec(404, false, "There is no such address.", "See /openapi.json."),
  DOCUMENT_NOT_FOUND: spec(404, false, "There is no such document.", "List them: pilotlight ls."),
  TASK_NOT_FOUND: spec(404, false, "The pack has no such task.", "See the tasks of the pipeline."),
  SLIDE_NOT_FOUND: spec(404, false, "There is no such slide yet.", "Wait until it has been read."),
  PAGES_BUSY: spec(503, true, "Too many pages wait to be drawn.", "Try again shortly."),
  WORKSPACE_UNKNOWN: spec(
    404,
    false,
    "There is no such workspace.",
    "Use `default`, or one that exists.",
  ),
  PACK_NOT_FOUND: spec(404, false, "There is no such pack.", "List them: pilotlight pack ls."),
  PACK_VERSION_NOT_FOUND: spec(404, false, "No such version.", "See: pilotlight pack ls NAME."),
  PACK_NO_ROLLBACK: spec(409, false, "None to go back to.", "See: pilotlight pack ls NAME."),
  PACK_CHANGED: spec(409, false, "Somebody made a newer version.", "Compare, then send it again."),
  PACK_INVALID: spec(422, false, "The pack is not valid.", "Mend the file named in the detail."),
  EVALUATION_SET_INVALID: spec(
    422,
    false,
    "The decks cannot be judged: their truth is missing or wrong.",
    "See docs/reference/evaluation-set.md.",
  ),
  IDEMPOTENCY_CONFLICT: spec(
    409,
    false,
    "This key was used for another submission.",
    "Use a new key.",
  ),
  BATCH_NOT_FOUND: spec(404, false, "There is no such batch.", "List them: pilotlight batch ls."),
  BATCH_TOO_LARGE: spec(
    413,
    false,
    "A batch holds at most 1,000 documents.",
    "Split it into several batches.",
  ),
  BATCH_CANCELLED: spec(
    409,
    false,
    "The batch was cancelled and takes no more documents.",
    "Retry it, or make a new batch.",
  ),
  BATCH_FINISHED: spec(409, false, "All documents of this batch have ended.", "Nothing to do."),
  FILE_NOT_FOUND: spec(
    422,
    false,
    "No file with this hash is stored in this workspace.",
    "Upload it first.",
  ),
  NOTHING_TO_RETRY: spec(
    409,
    false,
    "Nothing failed here.",
    "To do finished work again: pilotlight rerun.",
  ),
  NOTHING_TO_RERUN: spec(
    409,
    false,
    "Nothing of that has ended yet.",
    "Wait for it: pilotlight watch.",
  ),
  TASKS_UNDER_WAY: spec(
    409,
    false,
    "Some of these tasks wait or run now.",
    "Wait for them, or cancel first: pilotlight cancel.",
  ),
  PIPELINE_FINISHED: spec(409, false, "The pipeline has already ended.", "Nothing to do."),
  CACHE_UNREACHABLE: spec(503, true, "The visual cache does not answer.", "See VISUAL_CACHE_URL."),
  LEASE_LOST: spec(409, false, "The lease is gone; nothing was changed.", "Drop this work."),
  CONTAINER_UNKNOWN: spec(401, false, "The container is not registered.", "Register again."),
  PROTOCOL_UNSUPPORTED: spec(
    409,
    false,
    "The container speaks another protocol.",
    "Update its image.",
  ),
  DATABASE_UNAVAILABLE: spec(503, true, "The database does not answer.", "Try again shortly."),
  SHUTTING_DOWN: spec(503, true, "The server is shutting down.", "Try again shortly."),
  INTERNAL: spec(500, true, "Something went wrong here.", "Try again; report the request id."),
} as const satisfies Record<string, ErrorSpec>;

const workErrors = {
  ENGINE_UNREACHABLE: spec(
    502,
    true,
    "The model server does not answer.",
    "Check OLLAMA_HOST, or PILOTLIGHT_OPENAI_URL.",
  ),
  MODEL_KEY_REFUSED: spec(
    502,
    false,
    "The model server refuses the key.",
    "Check PILOTLIGHT_OPENAI_API_KEY, and its quota there.",
  ),
  MODEL_NOT_FOUND: spec(
    502,
    false,
    "The model is not there.",
    "ollama pull MODEL, or name one the server has.",
  ),
  MODEL_NOT_VISION: spec(502, false, "The model cannot see images.", "Choose a vision model."),
  MODEL_LOAD_FAILED: spec(502, true, "The model could not be loaded.", "Check GPU memory."),
  MODEL_BUSY: spec(
    503,
    true,
    "The model server is full.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  MODEL_STREAM_BROKEN: spec(
    502,
    true,
    "The model's answer broke off.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  MODEL_CONTEXT_OVERFLOW: spec(
    422,
    false,
    "The text is too long for the model.",
    "Use a larger context.",
  ),
  MODEL_OUTPUT_INVALID: spec(
    502,
    true,
    "The model's answer has the wrong shape.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  MODEL_OUTPUT_TRUNCATED: spec(
    502,
    true,
    "The model's answer was cut off.",
    "Raise its output limit.",
  ),
  MODEL_TIMEOUT: spec(
    504,
    true,
    "The model took too long.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  RENDER_FAILED: spec(422, false, "A page could not be drawn.", "The other slides are ready."),
  OCR_FAILED: spec(
    500,
    true,
    "The text of a picture could not be read.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  HANDOFF_MISSING: spec(
    409,
    true,
    "The visual results are not there.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  DOCUMENT_UNAVAILABLE: spec(
    502,
    true,
    "The file could not be fetched.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  TASK_TIMEOUT: spec(
    504,
    true,
    "The task passed its deadline.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  TASK_STALLED: spec(
    504,
    true,
    "The task made no progress.",
    "It is tried again by itself; where that has ended, retry it.",
  ),
  DOCUMENT_QUARANTINED: spec(
    503,
    false,
    "Containers kept going away while they worked on this document.",
    "See their logs, then try again: pilotlight retry.",
  ),
  CONTAINER_LOST: spec(503, true, "The container went away.", "The task goes to another one."),
  REPLICA_START_FAILED: spec(502, true, "A container could not be started.", "See its log."),
  REPLICA_LATE: spec(
    504,
    true,
    "A container did not become ready in time.",
    "It is replaced. If this repeats, see its log: pilotlight logs.",
  ),
  REPLICA_PREEMPTED: spec(
    503,
    true,
    "The provider took the machine back.",
    "Another one is started; finished slides are kept.",
  ),
  REPLICA_NOT_FOUND: spec(
    404,
    false,
    "There is no such replica.",
    "List them: pilotlight fleet ls.",
  ),
  RUN_NOT_FOUND: spec(
    404,
    false,
    "There is no such run of a container.",
    "List them: pilotlight fleet runs.",
  ),
  REPLICA_FIXED: spec(
    409,
    false,
    "This replica is a machine somebody else runs.",
    "Drain it here, and stop it where it runs.",
  ),
  POOL_FULL: spec(
    409,
    false,
    "The pool may have no more replicas.",
    "Raise max_replicas of the pool if this is meant.",
  ),
  STATIC_NOT_CONFIGURED: spec(
    409,
    false,
    "Machines of one's own are not configured.",
    "Add an entry of kind static to providers.",
  ),
  POOL_NOT_FOUND: spec(404, false, "There is no such pool.", "List them: pilotlight fleet ls."),
  PROVIDER_UNREACHABLE: spec(
    502,
    true,
    "The provider of machines does not answer.",
    "It is asked again. See its status page if this lasts.",
  ),
  PROVIDER_NO_CAPACITY: spec(
    503,
    true,
    "The provider has no such machine free.",
    "The next best one is tried. Allow more GPU types or regions if this repeats.",
  ),
  PROVIDER_REFUSED: spec(
    502,
    false,
    "The provider refused the order.",
    "Check its credentials and the container image in the configuration.",
  ),
  PROVIDER_NO_FUNDS: spec(
    402,
    false,
    "The balance at the provider is used up.",
    "Top up the account; work goes on by itself afterwards.",
  ),
  PROVIDER_RATE_LIMITED: spec(
    429,
    true,
    "The provider asks to be called less often.",
    "It is called again after the time it named.",
  ),
  POLICY_INVALID: spec(
    422,
    false,
    "There is no such policy, or its settings are not valid.",
    "See the detail; pilotlight simulate tells the names and options.",
  ),
  POLICY_CHANGED: spec(
    409,
    false,
    "Another version of the policy was let in meanwhile.",
    "Look again: pilotlight tune --history.",
  ),
  POLICY_VERSION_NOT_FOUND: spec(
    404,
    false,
    "There is no such version of the policy.",
    "List them: pilotlight tune --history.",
  ),
  PROPOSAL_BREAKS_OBJECTIVE: spec(
    409,
    false,
    "In replay these settings break an objective.",
    "Keep what counts now, or change the objective's cause: bounds, machines, prices.",
  ),
  FLEET_CEILING: spec(
    409,
    false,
    "The ceiling on replicas or on money an hour is reached.",
    "Raise fleet.replicasMax or fleet.usdPerHourMax if this is meant.",
  ),
  INSTALLATION_LOST: spec(
    409,
    false,
    "Machines of another installation run at the provider, and this database is new.",
    "If they are yours, set installation to their id; if not, set it to this one's.",
  ),
  INSTALLATION_MISMATCH: spec(
    409,
    false,
    "The database belongs to another installation.",
    "Set installation to the database's id, or point databaseUrl at another database.",
  ),
  DRAINING: spec(503, true, "The container is stopping.", "Send the work to another one."),
  UNKNOWN_DOCUMENT: spec(
    404,
    false,
    "No visual results for this document here.",
    "Run the vision step first, or send them along.",
  ),
} as const satisfies Record<string, ErrorSpec>;

const localErrors = {
  USAGE: spec(400, false, "The command is not used rightly.", "See --help."),
  TRACE_INVALID: spec(
    400,
    false,
    "The recorded arrivals cannot be used.",
    "Mend the line named: seconds in a column arrival_s, a column of times, or JSON lines.",
  ),
  SERVICE_TIMES_INVALID: spec(
    400,
    false,
    "The file of service times is not valid.",
    "Mend the key named; docs/how-to/simulate-and-plan.md shows a file.",
  ),
  CONFIG_INVALID: spec(400, false, "The configuration is not valid.", "Mend the keys named."),
  DATABASE_START_FAILED: spec(500, false, "PostgreSQL could not be started.", "See the log named."),
  DATABASE_TOO_OLD: spec(
    500,
    false,
    "PostgreSQL 15 or newer is needed.",
    "Upgrade, or leave DATABASE_URL empty.",
  ),
  MIGRATION_FAILED: spec(
    500,
    false,
    "The database could not be brought up to date.",
    "See the log.",
  ),
  SCHEMA_TOO_NEW: spec(
    500,
    false,
    "The database belongs to a newer Pilotlight.",
    "Update this checkout.",
  ),
  SERVER_UNREACHABLE: spec(
    503,
    true,
    "Pilotlight does not answer.",
    "Start it: npm start, or check --url.",
  ),
  SERVER_OTHER_VERSION: spec(
    502,
    false,
    "Another version of Pilotlight answers there.",
    "Use the command line of that version; both are told by: pilotlight version.",
  ),
  WAIT_TIMEOUT: spec(504, true, "It is not finished yet.", "Go on waiting: pilotlight watch."),
} as const satisfies Record<string, ErrorSpec>;

export const errorCodes = {
  ...documentErrors,
  ...requestErrors,
  ...workErrors,
  ...reviewErrors,
  ...failureErrors,
  ...localErrors,
} as const;

export type ErrorCode = keyof typeof errorCodes;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === "string" && Object.hasOwn(errorCodes, value);

export const isDocumentError = (code: ErrorCode): boolean => Object.hasOwn(documentErrors, code);

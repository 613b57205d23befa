/**
 * The catalogue of events: each is a row in `events`, streamed to page and CLI. `data` is described
 * beside its name. Progress, decisions and repairs are events too, so that a person can see them.
 */
export const eventNames = [
  "document.accepted", // { name, pages, bytes }
  "document.rejected", // { name, code, detail }
  "document.deleted", // { by }
  "document.version", // { by }
  "pipeline.finished", // { state, seconds, engine }
  "pipeline.cancelled", // { by }
  "pipeline.retried", // { tasks, generation }
  "pipeline.rerun", // { tasks, generation }
  "pipeline.quarantined", // { code, detail, container }
  "task.leased", // { container, replica, attempt }
  "task.progress", // { fraction, done, total }
  "task.done", // { seconds, container, gaps, applicable, reason }
  "task.delayed", // { code, detail, attempt, retryAt, lost }
  "task.released", // { container }
  "task.dead", // { code, detail, attempt }
  "task.skipped", // { because }
  "slide.done", // { slide, container, seconds }
  "slide.failed", // { slide, code, detail }
  "container.registered", // { pool, replica, engine, model }
  "container.phase", // { pool, replica, phase }
  "container.lost", // { pool, replica, leases, reason }
  "replica.requested", // { pool, replica, provider }
  "replica.adopted", // { pool, replica, provider }
  "replica.trouble", // { pool, replica, trouble }
  "replica.stopping", // { pool, replica, reason }
  "replica.stopped", // { pool, replica, seconds, restarted }
  "replica.failed", // { pool, replica, code, detail }
  "fleet.order", // { kind, pool, replica, by, reason }
  "leader.changed", // { holder, term }
  "decision.made", // { pool, action, sentence }
  "decision.judged", // { decision, pool, replica, verdict, sentence }
  "policy.proposed", // { policy, sentence }
  "policy.applied", // { version, policy, by, reverts }
  "pack.activated", // { pack, version, hash, by, replaced, rollback }
  "pack.offered", // { pack, version, hash }
  "pack.drafted", // { pack, version, source, by, note }
  "review.verified", // { path, by }
  "review.flagged", // { path, by }
  "review.corrected", // { path, by }
  "review.withdrawn", // { path, by }
  "failure.acknowledged", // { fingerprint, by, note }
  "failure.muted", // { fingerprint, by, note, untilPack }
  "failure.reopened", // { fingerprint, by, note }
  "queue.repaired", // { what, why, rows, tasks }
  "queue.vacuum_held", // { holder, seconds, sentence }
] as const;

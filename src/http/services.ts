import type { Access } from "../services/access.ts";
import type { Asks } from "../services/asks.ts";
import type { Batches } from "../services/batches.ts";
import type { Comparisons } from "../services/comparisons.ts";
import type { Containers, ContainerTimings } from "../services/containers.ts";
import type { Costs } from "../services/costs/costs.ts";
import type { Deletions } from "../services/deletions.ts";
import type { DocumentFacts } from "../services/document-facts.ts";
import type { DocumentPlans } from "../services/document-plans.ts";
import type { Documents } from "../services/documents.ts";
import type { Failures } from "../services/failures.ts";
import type { Feed } from "../services/feed.ts";
import type { FleetService } from "../services/fleet.ts";
import type { FleetOrdersService } from "../services/fleet-orders.ts";
import type { FleetOutlook } from "../services/fleet-outlook.ts";
import type { HealthService } from "../services/health.ts";
import type { Intake } from "../services/intake.ts";
import type { Leases } from "../services/leases.ts";
import type { PackCatalogue } from "../services/pack-catalogue.ts";
import type { PortfolioService } from "../services/portfolio.ts";
import type { QueueMetrics } from "../services/queue-metrics.ts";
import type { Reviews } from "../services/reviews.ts";
import type { Rollout } from "../services/rollout/rollout.ts";
import type { Slos } from "../services/slos/slos.ts";
import type { Tuner } from "../services/tuner.ts";
import type { VisualCacheService } from "../services/visual-cache.ts";

/** What the routes call; nothing else of the program is reachable from them. */
export interface HttpServices {
  readonly access: Access;
  readonly intake: Intake;
  readonly documents: Documents;
  readonly plans: DocumentPlans;
  readonly documentFacts: DocumentFacts;
  readonly costs: Costs;
  readonly slos: Slos;
  readonly rollout: Rollout;
  readonly deletions: Deletions;
  readonly reviews: Reviews;
  readonly portfolio: PortfolioService;
  readonly comparisons: Comparisons;
  readonly asks: Asks;
  readonly batches: Batches;
  readonly failures: Failures;
  readonly feed: Feed;
  readonly fleet: FleetService;
  readonly fleetOutlook: FleetOutlook;
  readonly fleetOrders: FleetOrdersService;
  readonly tuner: Tuner;
  readonly catalogue: PackCatalogue;
  readonly health: HealthService;
  readonly metrics: Pick<QueueMetrics, "contentType" | "text">;
  readonly containers: Containers;
  readonly leases: Leases;
  readonly visualCache: VisualCacheService;
  readonly timings: ContainerTimings;
  /** A deck of this checkout to try; null when there is none. */
  readonly sampleDeck: string | null;
}

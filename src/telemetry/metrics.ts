import { Counter, Gauge, Histogram, Registry } from "prom-client";

export type Labels = Readonly<Record<string, string>>;

/** Figures by name, written out in the text format of Prometheus. */
export interface Metrics {
  readonly contentType: string;
  counter(name: string, help: string, labels?: readonly string[]): Count;
  gauge(name: string, help: string, labels?: readonly string[]): Level;
  /** `bounds`: upper ends of the buckets, in the unit of the name. */
  histogram(name: string, help: string, bounds: readonly number[]): Spread;
  text(): Promise<string>;
}

export interface Count {
  add(n: number, labels?: Labels): void;
}

export interface Level {
  set(value: number, labels?: Labels): void;
  /** Forgets every value, so that what is gone is not shown for ever. */
  clear(): void;
}

export interface Spread {
  observe(value: number): void;
}

const prefix = "pilotlight_";

/** A set of its own: two control planes in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const about = (name: string, help: string, labels: readonly string[]) => ({
    name: prefix + name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    counter(name, help, labels = []) {
      const counter = new Counter(about(name, help, labels));
      return { add: (n, given = {}) => counter.inc(given, n) };
    },
    gauge(name, help, labels = []) {
      const gauge = new Gauge(about(name, help, labels));
      return { set: (value, given = {}) => gauge.set(given, value), clear: () => gauge.reset() };
    },
    histogram(name, help, bounds) {
      const histogram = new Histogram({ ...about(name, help, []), buckets: [...bounds] });
      return { observe: (value) => histogram.observe(value) };
    },
    text: () => registry.metrics(),
  };
}

/** Kubernetes objects as the stub keeps them and as they go over the wire: only what is used of them. */
export interface Meta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: { kind: string; name: string; uid: string }[];
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

export interface State {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason: string; startedAt?: string; finishedAt?: string };
}

export interface Pod {
  metadata: Meta;
  spec: {
    nodeName?: string;
    terminationGracePeriodSeconds?: number;
    containers: {
      name: string;
      image: string;
      env?: {
        name: string;
        value?: string;
        valueFrom?: { secretKeyRef: { name: string; key: string } };
      }[];
    }[];
  };
  status: {
    phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    reason?: string;
    message?: string;
    startTime?: string;
    conditions: Condition[];
    containerStatuses?: {
      name: string;
      image: string;
      imageID: string;
      ready: boolean;
      restartCount: number;
      state: State;
    }[];
  };
}

export interface Secret {
  metadata: Meta;
  data?: Record<string, string>;
}

export interface EventObject {
  metadata: Meta;
  involvedObject: { kind: string; name: string; namespace?: string; uid?: string };
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  lastTimestamp: string;
}

/** An answer that is no object: a Status, with the HTTP status it comes with. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    reason: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }

  body(): object {
    const { message, reason, status: code } = this;
    return { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code };
  }
}

/** `a=b,c,d!=e` over labels. */
export function takesLabels(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return selector
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [, key = "", sign, value] = /^([^=!]+)(!=|==?)?(.*)$/.exec(term) ?? [];
      if (sign === undefined) return Object.hasOwn(labels, key);
      return sign === "!=" ? labels[key] !== value : labels[key] === value;
    });
}

/** `type=Warning,involvedObject.kind=Pod` over the fields of an object. */
export function takesFields(selector: string, object: object): boolean {
  return selector
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [path = "", value] = term.split("=");
      const found = path
        .split(".")
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
      return found === value;
    });
}

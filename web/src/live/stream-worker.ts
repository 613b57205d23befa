import { type Hub, isHubQuestion, openHub } from "./hub.ts";

/**
 * The script of the shared worker: it holds the one connection of this browser and tells every tab. A tab
 * that ended without a farewell does no harm: what is posted to it goes nowhere.
 */
const ports = new Set<MessagePort>();
let hub: Hub | null = null;

interface SharedScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

function answer(port: MessagePort, data: unknown): void {
  if (!isHubQuestion(data)) return;
  if (data.kind === "again") {
    hub?.again();
    return;
  }
  if (data.kind === "bye") {
    ports.delete(port);
    if (ports.size > 0) return;
    hub?.close();
    hub = null;
    return;
  }
  ports.add(port);
  hub ??= openHub((message) => {
    for (const one of ports) one.postMessage(message);
  });
  port.postMessage(hub.greeting());
}

(globalThis as unknown as SharedScope).onconnect = ({ ports: [port] }) => {
  if (port !== undefined) port.onmessage = ({ data }: MessageEvent<unknown>) => answer(port, data);
};

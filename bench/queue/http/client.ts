import { Agent, request } from "node:http";

/** Posts JSON to the control plane over connections that stay open. Rejects for any status but success. */
export interface Client {
  post<T>(path: string, token: string, body: object): Promise<T>;
  close(): void;
}

/**
 * As little as speaks the worker protocol: clients share the machine with what is measured, and `fetch`
 * costs more than the control plane does.
 */
export function createClient(baseUrl: string): Client {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(baseUrl);
  return {
    post: (path, token, body) =>
      new Promise((resolve, reject) => {
        const content = JSON.stringify(body);
        const headers = {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(content),
          authorization: `Bearer ${token}`,
        };
        const call = request({ agent, hostname, port, path, method: "POST", headers });
        call.once("error", reject);
        call.once("response", (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => {
            text += part;
          });
          response.once("error", reject);
          response.once("end", () => {
            const { statusCode = 0 } = response;
            if (statusCode >= 200 && statusCode < 300) resolve(JSON.parse(text));
            else reject(new Error(`${path} was answered with ${statusCode}: ${text}`));
          });
        });
        call.end(content);
      }),
    close: () => agent.destroy(),
  };
}

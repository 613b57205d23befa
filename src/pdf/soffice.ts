import { spawn } from "node:child_process";
import {
  access,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { AppError } from "../errors/app-error.ts";
import { watchMemory } from "./memory.ts";

export interface SofficeRequest {
  readonly program: string;
  readonly file: string;
  /** The ending LibreOffice chooses its reader by. */
  readonly kind: string;
  /** Where the PDF goes; its folder also takes the temporary files. */
  readonly target: string;
  readonly limitMs: number;
  /** Largest file the process may write. */
  readonly bytesMax: number;
  readonly memoryBytesMax: number;
}

const folders = ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin", "/snap/bin"];
const places = [
  ...folders.map((folder) => join(folder, "soffice")),
  "/opt/libreoffice/program/soffice",
  "/Applications/LibreOffice.app/Contents/MacOS/soffice",
];

/** The program that is set, or the first one found; null when there is none that may be run. */
export async function findSoffice(given: string | null): Promise<string | null> {
  for (const place of given === null ? places : [given]) {
    const isThere = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return null;
}

/**
 * Converts by LibreOffice in a process group of its own with a profile of its own, which are gone afterwards.
 * The same file gives the same pages, and nearly always the same bytes: see `guarded`.
 * @throws AppError PRESENTATION_FAILED
 */
export async function convertBySoffice(request: SofficeRequest): Promise<void> {
  const folder = await mkdtemp(join(dirname(request.target), "presentation-"));
  try {
    // A copy under a name of ours: no name of a user reaches a command or the PDF.
    const source = join(folder, `deck.${request.kind}`);
    await copyFile(request.file, source);
    await mkdir(join(folder, "profile", "user"), { recursive: true });
    await writeFile(join(folder, "profile", "user", "registrymodifications.xcu"), settings);
    const problem = await runSoffice(request, folder, source);
    const pdf = await readFile(join(folder, "out", "deck.pdf")).catch(() => null);
    if (problem !== null || pdf === null) {
      throw new AppError("PRESENTATION_FAILED", problem ?? "LibreOffice wrote no PDF.");
    }
    await writeFile(request.target, withoutMoment(pdf), { flag: "wx", mode: 0o600 });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const graceSeconds = 5;

/**
 * The shell's own limit ends a writer beyond it. Should we be gone before the program is, the group ends itself
 * a little after its time. `exec` leaves no shell between us and the program. LibreOffice puts the fonts in the
 * order of their addresses: where the system allows it, those are the same in each run, but for one in forty or so
 * on a busy machine, when its threads came in another order.
 */
const guarded =
  'setarch -R true 2>/dev/null && same="setarch -R"; ulimit -f "$0" && { (sleep "$1"; kill -9 0) & shift; exec $same "$@"; }';

/** Answers what went wrong, or null. */
function runSoffice(
  request: SofficeRequest,
  folder: string,
  source: string,
): Promise<string | null> {
  const { program, limitMs, bytesMax, memoryBytesMax } = request;
  const convert = [
    `-env:UserInstallation=${pathToFileURL(join(folder, "profile")).href}`,
    ...["--headless", "--norestore", "--nolockcheck", "--nodefault"],
    ...["--convert-to", "pdf:impress_pdf_Export", "--outdir", join(folder, "out"), source],
  ];
  const blocks = String(Math.ceil(bytesMax / 512));
  const aliveSeconds = String(Math.ceil(limitMs / 1000) + graceSeconds);
  const child = spawn("/bin/sh", ["-c", guarded, blocks, aliveSeconds, program, ...convert], {
    cwd: folder,
    // Its own group: LibreOffice starts others, and all of them end together.
    detached: true,
    env: { PATH: folders.join(":"), HOME: folder, TMPDIR: folder },
    stdio: "ignore",
  });
  let problem: string | null = null;
  const end = (reason: string | null): void => {
    problem ??= reason;
    endGroup(child.pid);
  };
  const seconds = Math.round(limitMs / 100) / 10;
  const timer = setTimeout(() => end(`It took longer than ${seconds} s.`), limitMs);
  const megabytes = Math.round(memoryBytesMax / 1e6);
  const stopWatch = watchMemory(child.pid, memoryBytesMax, () =>
    end(`It needed more than ${megabytes} MB of memory.`),
  );
  return new Promise((resolve) => {
    const settle = (reason: string | null): void => {
      clearTimeout(timer);
      stopWatch();
      end(reason);
      resolve(problem);
    };
    child.once("error", () => settle("LibreOffice could not be started."));
    child.once("exit", (code) => settle(code === 0 ? null : "LibreOffice gave up."));
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}

const setting = (path: string, name: string, value: string): string =>
  `<item oor:path="/org.openoffice.${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`;

/** No macros, and no address is reached: all go to a proxy that does not exist. */
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
${[
  setting("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
  setting("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
  setting("Inet/Settings", "ooInetProxyType", "2"),
  setting("Inet/Settings", "ooInetNoProxy", ""),
  ...["HTTP", "HTTPS", "FTP"].flatMap((scheme) => [
    setting("Inet/Settings", `ooInet${scheme}ProxyName`, "127.0.0.1"),
    setting("Inet/Settings", `ooInet${scheme}ProxyPort`, "1"),
  ]),
].join("\n")}
</oor:items>
`;

const tailBytes = 4096;
const moments = [
  /(\/(?:CreationDate|ModDate)\(D:)([^)]*)/g,
  /(\/ID\s*\[\s*<)([\dA-F]+>\s*<[\dA-F]+)/g,
  /(\/DocChecksum\s*\/)([\dA-F]+)/g,
];

/** LibreOffice writes when it worked and marks made from that; without them the same deck has the same hash. */
function withoutMoment(pdf: Buffer): Buffer {
  const start = Math.max(0, pdf.length - tailBytes);
  let tail = pdf.toString("latin1", start);
  for (const moment of moments) {
    // As long as before, or the places in the file would be wrong.
    tail = tail.replace(
      moment,
      (_, head: string, rest: string) => head + rest.replace(/[\dA-F]/g, "0"),
    );
  }
  return Buffer.concat([pdf.subarray(0, start), Buffer.from(tail, "latin1")]);
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { runAlone } from "../contracts/mysql-server.ts";

/** A MariaDB server of a test's own: with TLS, to be stopped and started. */
export interface OwnServer {
  /** As its superuser, over TCP. */
  readonly url: string;
  /** The path of its Unix socket. */
  readonly socket: string;
  /** The certificate authority of its certificate, which names localhost. */
  readonly caFile: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

const programs = ["mariadb-install-db", "mariadbd", "openssl"];

/** The paths of the programs that such a server needs, or why there is none to start. */
export function findPrograms(): { readonly paths: readonly string[] } | { readonly missing: string } {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const paths = programs.flatMap((program) => folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? []);
  return paths.length === programs.length ? { paths } : { missing: `not all of ${programs.join(", ")} are on this machine` };
}

/** Makes and starts a server on a free port of the loopback interface, with further settings like `--server-id=1`. */
export async function startOwnServer([install = "", daemon = "", openssl = ""]: readonly string[], further: readonly string[] = []): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-mariadb-"));
  const port = await findPort();
  const socket = join(folder, "s.sock");
  const user = `--user=${userInfo().username}`;
  execFileSync(install, ["--no-defaults", `--datadir=${join(folder, "data")}`, "--auth-root-authentication-method=normal", "--skip-test-db", user], { stdio: "ignore" });
  makeCertificate(openssl, folder);
  const url = `mysql://root@127.0.0.1:${port}/mysql`;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const settings = [`--datadir=${join(folder, "data")}`, `--socket=${socket}`, `--port=${port}`, "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", `--ssl-cert=${join(folder, "server.crt")}`, `--ssl-key=${join(folder, "server.key")}`, `--pid-file=${join(folder, "pid")}`, ...further];
    child = spawn(daemon, ["--no-defaults", user, ...settings], { stdio: "ignore" });
    for (let turn = 0; ; turn += 1) {
      const failed = await runAlone(url, "SELECT 1").then(() => undefined, (error: unknown) => error);
      if (failed === undefined) return;
      if (turn === 150) throw failed;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await ended;
  };
  await start();
  return { url, socket, caFile: join(folder, "ca.crt"), stop, start, remove: async () => (await stop(), rmSync(folder, { recursive: true })) };
}

function makeCertificate(openssl: string, folder: string): void {
  const file = (name: string): string => join(folder, name);
  const run = (...args: string[]): unknown => execFileSync(openssl, args, { stdio: "ignore" });
  run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority of a test", "-keyout", file("ca.key"), "-out", file("ca.crt"));
  run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", file("server.key"), "-out", file("server.csr"));
  run("x509", "-req", "-days", "2", "-in", file("server.csr"), "-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial", "-copy_extensions", "copy", "-out", file("server.crt"));
}

async function findPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A PostgreSQL server of a test's own: with passwords and TLS, to be stopped, started and copied. */
export interface OwnServer {
  /** As its superuser, over TCP. */
  readonly url: string;
  readonly folder: string;
  /** The certificate authority of its certificate, which names localhost. */
  readonly caFile: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** A standby that follows it. */
  copy(): Promise<OwnServer>;
  remove(): Promise<void>;
}

const password = "p@ss:w/rd#1";

/** The folder of the server's programs, or why there is none to start. */
export function findPrograms(): { readonly folder: string } | { readonly missing: string } {
  const folders = [...(existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql").toSorted().reverse().map((version) => `/usr/lib/postgresql/${version}/bin`) : []), ...(process.env["PATH"] ?? "").split(":")];
  const folder = folders.find((one) => ["initdb", "postgres", "pg_basebackup"].every((program) => existsSync(join(one, program))));
  if (folder === undefined) return { missing: "no PostgreSQL server programs (initdb, postgres) on this machine" };
  if (!(process.env["PATH"] ?? "").split(":").some((one) => existsSync(join(one, "openssl")))) return { missing: "no openssl to make a certificate with" };
  if (process.getuid?.() === 0 && findUser() === null) return { missing: "PostgreSQL does not start as root, and there is no user postgres" };
  return { folder };
}

/** Makes and starts a server on a free port of the loopback interface. */
export async function startOwnServer(programs: string): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-postgres-"));
  own(folder);
  const caFile = join(folder, "ca.crt");
  const data = join(folder, "data");
  writeFileSync(join(folder, "password"), password);
  own(join(folder, "password"));
  makeCertificates(folder);
  run(programs, "initdb", ["-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", join(folder, "password"), "-E", "UTF8", "--no-sync"]);
  return serve({ programs, folder, data, caFile, port: await findPort(), remove: [folder] });
}

interface Place {
  readonly programs: string;
  readonly folder: string;
  readonly data: string;
  readonly caFile: string;
  readonly port: number;
  readonly remove: readonly string[];
}

async function serve({ programs, folder, data, caFile, port, remove }: Place): Promise<OwnServer> {
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: folder, ssl: "on", ssl_cert_file: join(folder, "server.crt"), ssl_key_file: join(folder, "server.key"), fsync: "off", wal_level: "replica", max_connections: "30" };
    child = spawn(join(programs, "postgres"), ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])], { stdio: "ignore", ...asUser() });
    for (let turn = 0; ; turn += 1) {
      try {
        run(programs, "pg_isready", ["-h", "127.0.0.1", "-p", String(port)]);
        return;
      } catch (error) {
        if (turn === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGINT");
    await ended;
  };
  await start();
  const url = `postgres://owner:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const copy = async (): Promise<OwnServer> => {
    const standby = `${data}-standby`;
    run(programs, "pg_basebackup", ["-d", url, "-D", standby, "-R", "-c", "fast", "--no-sync"]);
    return serve({ programs, folder, data: standby, caFile, port: await findPort(), remove: [] });
  };
  const removeAll = async (): Promise<void> => {
    await stop();
    for (const one of remove) rmSync(one, { recursive: true, force: true });
  };
  return { url, folder, caFile, stop, start, copy, remove: removeAll };
}

function makeCertificates(folder: string): void {
  const openssl = (...words: string[]): void => void execFileSync("openssl", words, { cwd: folder, stdio: "ignore" });
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=kakao-sync test authority");
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "san"), "subjectAltName=DNS:localhost");
  openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.crt", "-days", "2", "-extfile", "san");
  chmodSync(join(folder, "server.key"), 0o600);
  own(join(folder, "server.key"));
}

function run(programs: string, program: string, words: readonly string[]): void {
  execFileSync(join(programs, program), words, { stdio: "ignore", ...asUser() });
}

async function findPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

function own(path: string): void {
  const user = findUser();
  if (process.getuid?.() === 0 && user !== null) chownSync(path, user.uid, user.gid);
}

function asUser(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? (findUser() ?? {}) : {};
}

function findUser(): { uid: number; gid: number } | null {
  try {
    const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }).toString());
    return { uid: idOf("-u"), gid: idOf("-g") };
  } catch {
    return null;
  }
}

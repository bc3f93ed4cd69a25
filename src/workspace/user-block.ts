import type { KakaoUser, ReadState } from "../core/kakao-user.ts";
import { READ_STATES } from "../core/kakao-user.ts";

/**
 * A block of Kakao users as it is sealed: header (bytes of the plain section, users), `connectedAt` as 64-bit floats (NaN: unknown),
 * the plain section (states, ids, CIs, phones, e-mails, birth dates, a line each) and the names. Columns and lines, because splitting
 * them reads three times faster than JSON; names apart, because one Korean name makes a whole JavaScript string twice as wide.
 */
export function encodeUsers(users: readonly KakaoUser[]): Buffer {
  const times = Float64Array.from(users, (user) => user.connectedAt ?? Number.NaN);
  const plain = Buffer.from(
    [
      users.map((user) => READ_STATES.indexOf(user.state)).join(""),
      ...users.map((user) => user.id),
      ...users.map((user) => keyLine(user.ci)),
      ...users.map((user) => keyLine(user.phone)),
      ...users.map((user) => keyLine(user.email)),
      ...users.map((user) => valueLine(user.birthdate)),
    ].join("\n"),
  );
  const names = Buffer.from(users.map((user) => valueLine(user.name)).join("\n"));
  const header = Buffer.alloc(8);
  header.writeUInt32LE(plain.byteLength, 0);
  header.writeUInt32LE(users.length, 4);
  return Buffer.concat([header, new Uint8Array(times.buffer), plain, names]);
}

/** Reads what `encodeUsers` wrote: about 1 µs a user. */
export function decodeUsers(block: Buffer): KakaoUser[] {
  const count = block.readUInt32LE(4);
  const start = 8 + 8 * count;
  const times = new Float64Array(block.buffer.slice(block.byteOffset + 8, block.byteOffset + start));
  const end = start + block.readUInt32LE(0);
  const lines = block.toString("utf8", start, end).split("\n");
  const names = block.toString("utf8", end).split("\n");
  const states = lines[0] ?? "";
  const users = new Array<KakaoUser>(count);
  for (let at = 0; at < count; at += 1) {
    const connectedAt = times[at] ?? Number.NaN;
    users[at] = {
      id: lineOf(lines, at + 1),
      state: stateOf(states.charCodeAt(at) - 48),
      connectedAt: Number.isNaN(connectedAt) ? null : connectedAt,
      ci: keyOf(lineOf(lines, at + 1 + count)),
      phone: keyOf(lineOf(lines, at + 1 + 2 * count)),
      email: keyOf(lineOf(lines, at + 1 + 3 * count)),
      name: valueOf(lineOf(names, at)),
      birthdate: valueOf(lineOf(lines, at + 1 + 4 * count)),
    };
  }
  return users;
}

/** A key is longer than one character, the code of why there is none is one digit. */
function keyLine(key: string | number): string {
  if (typeof key === "number") return String(key);
  if (key.length < 2 || key.includes("\n")) throw new Error("a key in comparable form has two characters or more and no line break");
  return key;
}

function valueLine(value: string | null): string {
  if (value?.includes("\n") === true) throw new Error("a value in comparable form has no line break");
  return value ?? "";
}

function lineOf(lines: readonly string[], at: number): string {
  const line = lines[at];
  if (line === undefined) throw new Error("a block of Kakao users is shorter than its header says");
  return line;
}

function stateOf(code: number): ReadState {
  const state = READ_STATES[code];
  if (state === undefined) throw new Error("a block of Kakao users has an unknown state");
  return state;
}

function keyOf(line: string): string | number {
  return line.length === 1 ? Number(line) : line;
}

function valueOf(line: string): string | null {
  return line === "" ? null : line;
}

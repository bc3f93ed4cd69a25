import { listSqlTokens, type SqlToken } from "./sql-tokens.ts";

/** Functions of PostgreSQL (pgcrypto), MySQL and MariaDB that take a key, with the places of their arguments that are one, from 0. */
const keyed = new Map<string, readonly number[]>([
  ...["pgp_sym_decrypt", "pgp_sym_decrypt_bytea", "pgp_sym_encrypt", "pgp_sym_encrypt_bytea"].map((name) => [name, [1]] as const),
  ...["pgp_pub_decrypt", "pgp_pub_decrypt_bytea"].map((name) => [name, [1, 2]] as const),
  ...["decrypt", "decrypt_iv", "encrypt", "encrypt_iv", "hmac", "aes_decrypt", "aes_encrypt", "des_decrypt", "des_encrypt"].map((name) => [name, [1]] as const),
]);
/** A literal of some length in these is a salt. */
const hashes: ReadonlySet<string> = new Set(["digest", "sha", "sha1", "sha2", "sha224", "sha256", "sha384", "sha512", "md5"]);
/** A function of the service's own that sounds like this and gets a literal of sixteen characters or more. */
const soundsKeyed = /crypt|cipher|hmac|unseal/;
const leastSalt = 6;
const leastOwnKey = 16;

/** What only writes a literal in another way; in any other function a literal is the name under which a key is looked up. */
const conversions: ReadonlySet<string> = new Set(["unhex", "hex", "from_base64", "to_base64", "decode", "encode", "convert_to", "convert", "cast", "concat", "lower", "upper", "trim", "binary", "bytea", ...hashes]);
const encodings = /^(?:hex|base64|escape|utf-?8|utf8mb4|sha-?(?:1|224|256|384|512)|md5)$/i;

/** Whether a key or a salt is written into an SQL expression. `quotedIsText`: `"…"` is a literal and not a name. */
export function holdsKey(sql: string, quotedIsText: boolean): boolean {
  const tokens = listSqlTokens(sql).map((token): SqlToken => (token.kind === "quoted" ? { ...token, kind: quotedIsText ? "text" : "word" } : token));
  return tokens.some((token, at) => token.kind === "word" && isMark(tokens[at + 1], "(") && takesKey(token.text, readArguments(tokens, at + 2)));
}

function takesKey(called: string, args: readonly (readonly SqlToken[])[]): boolean {
  const name = called.slice(called.lastIndexOf(".") + 1).toLowerCase();
  const places = keyed.get(name);
  if (places !== undefined) return places.some((place) => isKey(args[place] ?? []));
  if (hashes.has(name)) return listLiterals(args[0] ?? []).some((text) => text.length >= leastSalt);
  return soundsKeyed.test(name) && args.flat().some(({ kind, text }) => kind === "text" && text.length >= leastOwnKey);
}

/** A literal or a number, in whatever writing. A short literal beside something else only joins. */
function isKey(argument: readonly SqlToken[]): boolean {
  const isNumber = argument.length === 1 && /^\d/.test(argument[0]?.text ?? "");
  const hasNames = argument.some(({ kind, text }, at) => kind === "word" && !isMark(argument[at + 1], "(") && /^[@:$]*[^\d]/.test(text));
  return isNumber || listLiterals(argument).some((text) => !encodings.test(text) && (text.length > 3 || (text !== "" && !hasNames)));
}

/** Literals of an argument, other than in a sub-select and in the call of a function that looks something up. */
function listLiterals(argument: readonly SqlToken[]): readonly string[] {
  if (argument.some(({ kind, text }) => kind === "word" && /^select$/i.test(text))) return [];
  const around: boolean[] = [];
  return argument.flatMap((token, at) => {
    if (isMark(token, "(")) around.push(isLookUp(argument[at - 1]));
    if (isMark(token, ")")) around.pop();
    return token.kind === "text" && !around.includes(true) ? [token.text] : [];
  });
}

function isLookUp(before: SqlToken | undefined): boolean {
  return before?.kind === "word" && !conversions.has(before.text.toLowerCase());
}

/** The arguments of a call, from behind its bracket. */
function readArguments(tokens: readonly SqlToken[], from: number): readonly (readonly SqlToken[])[] {
  const args: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(from)) {
    if (isMark(token, "(")) depth += 1;
    else if (isMark(token, ")") && (depth -= 1) < 0) break;
    if (depth === 0 && isMark(token, ",")) args.push([]);
    else args.at(-1)?.push(token);
  }
  return args;
}

function isMark(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "mark" && token.text === text;
}

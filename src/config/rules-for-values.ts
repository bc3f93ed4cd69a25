import { say } from "../say.ts";
import type { Rule } from "./rules.ts";

export const adminKeyIsSaidOnce: Rule = ({ kakao }) =>
  kakao?.adminKey !== undefined && kakao.adminKeyFile !== undefined
    ? [{ path: ["kakao", "adminKeyFile"], what: "adminKey says where the key is already", instead: "keep one of the two" }]
    : [];

/** The admin key travels in every request: plain http is for a simulated Kakao on this machine only. */
export const baseUrlIsSafe: Rule = ({ kakao }) => {
  if (kakao?.baseUrl === undefined || isSafeBaseUrl(kakao.baseUrl)) return [];
  const instead = "write https://kapi.kakao.com; plain http is for 127.0.0.1 and localhost only";
  return [{ path: ["kakao", "baseUrl"], what: "this is no https address of a host", instead }];
};

function isSafeBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.pathname !== "/" || url.search !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname));
}

/** Fewer approvers than approvals would leave plans that nobody can ever carry out. */
export const approvalsCanBeGiven: Rule = ({ limits, approvers }) => {
  const people = Object.keys(approvers ?? {}).length;
  return (["unlink", "link"] as const).flatMap((what) =>
    (limits?.approvals?.[what] ?? 0) <= people
      ? []
      : [{ path: ["limits", "approvals", what], about: [["approvers"]], what: say`more approvals are needed than there are approvers (${people})`, instead: "name more people under approvers, or ask for fewer approvals" }],
  );
};

export const timeZoneExists: Rule = ({ database }) => {
  try {
    Intl.DateTimeFormat("en", { timeZone: database?.timeZone });
    return [];
  } catch {
    return [{ path: ["database", "timeZone"], what: "this time zone is not known", instead: "write a name like Asia/Seoul or UTC" }];
  }
};

const engineOf = (url: string): string => /^[a-z]+/i.exec(url)?.[0].toLowerCase().replace("postgresql", "postgres").replace("mariadb", "mysql") ?? "";
const servers = ["postgres", "mysql"];

/** A replica is a server of the same kind; files have none. */
export const replicaIsOfTheSameEngine: Rule = ({ database }) => {
  const { url, readUrl } = database ?? {};
  if (url === undefined || readUrl === undefined || (servers.includes(engineOf(url)) && engineOf(url) === engineOf(readUrl))) return [];
  return [{ path: ["database", "readUrl"], about: [["database", "url"]], what: "a replica belongs to a PostgreSQL or MySQL server of the same kind as database.url", instead: "name such a server, or leave it out" }];
};

/** How far a replica is behind can be asked of servers only. */
export const replicaToWaitForIsNamed: Rule = ({ database, limits }) => {
  const { url } = database ?? {};
  const replica = limits?.replica;
  if (replica === undefined || url === undefined) return [];
  const named = replica.url ?? database?.readUrl;
  if (named === undefined) return [{ path: ["limits", "replica"], about: [["database", "readUrl"]], what: "no replica is named to wait for", instead: "write its url, or name it in database.readUrl" }];
  if (servers.includes(engineOf(url)) && engineOf(url) === engineOf(named)) return [];
  return [{ path: ["limits", "replica"], about: [["database"]], what: "a replica to wait for belongs to a PostgreSQL or MySQL server of the same kind as database.url", instead: "name such a server, or leave it out" }];
};

/** Only servers have session parameters. */
export const sessionIsOfAServer: Rule = ({ database }) =>
  database?.url === undefined || Object.keys(database.session ?? {}).length === 0 || servers.includes(engineOf(database.url))
    ? []
    : [{ path: ["database", "session"], about: [["database", "url"]], what: "only PostgreSQL and MySQL have parameters of a session", instead: "leave it out" }];

export const patternsAreExpressions: Rule = ({ matching }) =>
  (matching?.syntheticEmails ?? []).flatMap((pattern, at) =>
    pattern === undefined || isPattern(pattern)
      ? []
      : [{ path: ["matching", "syntheticEmails", at], what: "this is no regular expression", instead: "correct it, or write a pattern with * instead" }],
  );

function isPattern(text: string): boolean {
  const expression = /^\/(.*)\/$/.exec(text)?.[1];
  if (expression === undefined) return true;
  try {
    new RegExp(expression, "u");
    return true;
  } catch {
    return false;
  }
}

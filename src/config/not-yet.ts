import { listUrls, type Readable } from "./list-columns.ts";
import type { Path, Problem } from "./problems.ts";

/** What the schema knows and this version does not serve: one entry a thing, to be deleted with the change that serves it. */
const notYet: readonly { readonly find: (config: Readable) => readonly Path[]; readonly instead: string }[] = [
  { find: (config) => findUrls(config, /^(mysql|mariadb):/i), instead: "write a SQLite database, like sqlite:./members.db" },
];

export function listNotYet(config: Readable): Problem[] {
  return notYet.flatMap(({ find, instead }) => find(config).map((path) => ({ path, what: "not available in this version", instead })));
}

function findUrls(config: Readable, scheme: RegExp): Path[] {
  return listUrls(config)
    .filter(({ url }) => scheme.test(url))
    .map(({ path }) => path);
}

import { adminKeyIsSaidOnce, approvalsCanBeGiven, baseUrlIsSafe, patternsAreExpressions, replicaIsOfTheSameEngine, replicaToWaitForIsNamed, sessionIsOfAServer, timeZoneExists } from "./rules-for-values.ts";
import {
  columnsAreSaidOneWay,
  corroboratorsHaveColumns,
  someKeyHasAColumn,
  usedKeysHaveColumns,
  verifiedIsSaidOnce,
} from "./rules-for-columns.ts";
import {
  linkColumnIsItsOwn,
  linkHasOneLayout,
  linkTableIsItsOwn,
  placesHaveOneLayout,
  placesHaveTheirOwnNames,
  tablesAreNamedOnce,
  urlsAreOfKnownDatabases,
} from "./rules-for-tables.ts";
import { channelReadsPlainColumns, consentTableIsWhole, fieldsFitAFile, numbersAreFormattedAsNumbers, phonesCanBeRead, publicIdIsOfAProfile, segmentsHaveNames } from "./rules-for-channel.ts";
import { expressionsHoldNoKeys, keysHaveOneDigest, storedFitsTheValue } from "./rules-for-stored.ts";
import type { Readable } from "./list-columns.ts";
import { isWithin, type Path, type Problem } from "./problems.ts";

/** A problem between fields. With `about`, it is left unsaid while one of those places has a problem of its own. */
export interface RuleProblem extends Problem {
  readonly about?: readonly Path[];
}

/** One small question about what could be read of the file; any part may be missing. */
export type Rule = (config: Readable) => readonly RuleProblem[];

const rules: readonly Rule[] = [
  urlsAreOfKnownDatabases,
  replicaIsOfTheSameEngine,
  replicaToWaitForIsNamed,
  sessionIsOfAServer,
  timeZoneExists,
  someKeyHasAColumn,
  columnsAreSaidOneWay,
  storedFitsTheValue,
  keysHaveOneDigest,
  expressionsHoldNoKeys,
  verifiedIsSaidOnce,
  tablesAreNamedOnce,
  linkHasOneLayout,
  linkColumnIsItsOwn,
  linkTableIsItsOwn,
  placesHaveTheirOwnNames,
  placesHaveOneLayout,
  adminKeyIsSaidOnce,
  approvalsCanBeGiven,
  baseUrlIsSafe,
  usedKeysHaveColumns,
  corroboratorsHaveColumns,
  patternsAreExpressions,
  publicIdIsOfAProfile,
  consentTableIsWhole,
  segmentsHaveNames,
  channelReadsPlainColumns,
  phonesCanBeRead,
  fieldsFitAFile,
  numbersAreFormattedAsNumbers,
];

/** Asks every rule. `broken` are the places that have problems already. */
export function checkRules(config: Readable, broken: readonly Path[]): Problem[] {
  const isBroken = (path: Path): boolean => broken.some((place) => isWithin(path, place));
  const touchesBroken = (path: Path): boolean => isBroken(path) || broken.some((place) => isWithin(place, path));
  return rules
    .flatMap((rule) => rule(config))
    .filter(({ path, about = [] }) => !isBroken(path) && !about.some(touchesBroken))
    .map(({ path, what, instead }) => ({ path, what, instead }));
}

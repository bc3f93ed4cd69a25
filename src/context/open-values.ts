import type { ColumnMap, Config, KeyColumns } from "../config/config.ts";
import { createValueOpener, type OpenedColumn, type PlaceColumns, type ValueOpener } from "../columns/value-opener.ts";
import { VALUE_NAMES, type ValueName } from "../core/member.ts";
import type { Io } from "../io.ts";

/** Secrets of this program that are none of a decrypt program's business. */
const ownSecrets: ReadonlySet<string> = new Set(["KAKAO_ADMIN_KEY", "KAKAO_SYNC_KEY", "KAKAO_SYNC_NEW_KEY"]);

/**
 * The configuration's digests and encrypted columns, opened as far as the run uses them: a key that is not compared is not decrypted. Unlinking compares every key
 * that has a column, whatever mapping uses (product.md section 7); an export reads numbers and birth dates, whatever mapping uses, too.
 */
export function openValues(config: Config, { env, signal }: Pick<Io, "env" | "signal">, command: string): ValueOpener {
  const used = VALUE_NAMES.filter((name) => command === "unlink-orphans" || (command === "export-channel-targets" ? isExported(name) : isUsed(config, name)));
  return createValueOpener({
    places: [toPlace("members", config.members, used), ...config.members.also.map((also, at) => toPlace(`members.also[${at}]`, also, used))],
    folder: config.folder,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !ownSecrets.has(name))),
    signal,
  });
}

function isExported(name: ValueName): boolean {
  return name === "phone" || name === "birthdate";
}

function isUsed({ matching }: Config, name: ValueName): boolean {
  if (name === "name" || name === "birthdate") return true;
  return matching.keys.includes(name) || (name === "email" && matching.corroborators.includes("email"));
}

function toPlace(path: string, columns: KeyColumns, used: readonly ValueName[]): PlaceColumns {
  return Object.fromEntries(
    used.flatMap((name) => {
      const column = toOpened(`${path}.${name}`, columns[name]);
      return column === undefined ? [] : [[name, column]];
    }),
  );
}

function toOpened(name: string, map: ColumnMap | undefined): OpenedColumn | undefined {
  if (map?.kind === "decrypt") return { name, column: map.column, kind: "decrypt", argv: map.decrypt };
  if (map?.kind !== "stored") return undefined;
  const { column, stored, of, keyFile } = map;
  return { name, column, kind: "stored", stored, of, ...(keyFile === undefined ? {} : { keyFile }) };
}

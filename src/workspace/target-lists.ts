/** Whom a list of identifiers names and how the fields stood: an export that was written, or a customer file as far as is known. 16 bytes an identifier. */
export interface TargetList {
  /** What the caller keeps with it, as JSON: file id, schema, when … */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Ascending, each once. */
  readonly ids: BigUint64Array;
  /** Keyed digest of the fields of the identifier at the same place; 0 where they are not known. */
  readonly digests: BigUint64Array;
}

/** Writes a list anew; nothing counts before `finish`, which replaces the former one of that name as a whole. */
export interface TargetListWriter {
  add(id: bigint, digest: bigint): void;
  finish(facts: Readonly<Record<string, unknown>>): void;
  discard(): void;
}

/** The identifiers of exports and of customer files, sealed in the workspace until they are removed from them (product.md T4, T5). */
export interface TargetLists {
  /** The list of that name, whole; null where there is none. Throws StartError for one that is damaged. */
  read(name: string): TargetList | null;
  write(name: string): TargetListWriter;
  names(): readonly string[];
  remove(name: string): void;
}

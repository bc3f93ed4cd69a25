import { createHash } from "node:crypto";
import type { ChannelConfig } from "../../config/config.ts";
import type { Context } from "../../context.ts";
import { arrangeCells, arrangeHeader, renderTargetId, type HeaderSet, type TargetHeader } from "../../core/targets/header.ts";
import type { TargetAnswer } from "../../core/targets/targets.ts";
import { StartError } from "../../errors.ts";
import type { TargetEncoding } from "../../files/target-encoding.ts";
import type { TargetFiles } from "../../files/target-files.ts";
import type { TargetListWriter } from "../../workspace/target-lists.ts";
import { say } from "../../say.ts";
import type { TargetSelection } from "./select-targets.ts";
import { openSelectionFiles, type SelectionFiles } from "./selection-lists.ts";

/** How the files of an export are written. */
export interface ExportShape {
  /** Absolute. */
  readonly folder: string;
  readonly channel: ChannelConfig;
  readonly headers: HeaderSet;
  readonly encoding: TargetEncoding;
  /** Rows a file at most. */
  readonly maxRows?: number | undefined;
  /** Name of the export's list in the workspace. */
  readonly list: string;
}

/** What became of them. */
export interface WrittenTargets {
  /** Absolute, the customer files first. */
  readonly files: readonly string[];
  /** Identifiers of the former export that are not in this one; null where there was none. */
  readonly removed: number | null;
  /** Of the customer files, SHA-256 in hexadecimal digits. */
  readonly digest: string;
}

/** The files of one export: there as a whole at the end, or given up. */
export class ExportFiles {
  readonly lists: SelectionFiles;
  readonly #context: Context;
  readonly #shape: ExportShape;
  readonly #header: TargetHeader;
  readonly #targets: TargetFiles;
  readonly #removed: TargetFiles;

  static async open(context: Context, shape: ExportShape): Promise<ExportFiles> {
    const { folder, channel, headers, encoding, maxRows } = shape;
    const header = arrangeOrRefuse(channel, headers);
    const targets = await context.createTargetFiles({ folder, name: "targets", header: header.names, encoding, ...(maxRows === undefined ? {} : { maxRows }) });
    const removed = await context.createTargetFiles({ folder, name: "removed", header: header.names.slice(0, 1), encoding });
    return new ExportFiles(context, shape, header, targets, removed);
  }

  private constructor(context: Context, shape: ExportShape, header: TargetHeader, targets: TargetFiles, removed: TargetFiles) {
    this.#context = context;
    this.#shape = shape;
    this.#header = header;
    this.#targets = targets;
    this.#removed = removed;
    this.lists = openSelectionFiles(context, shape.folder);
  }

  findUnencodable(text: string): readonly string[] {
    return this.#targets.findUnencodable(text);
  }

  /**
   * Writes all answers, and what is to be removed since the last export; puts the files in their places, the customer files last. The list in the workspace holds the former
   * export and this one before the first file is there, until `settle`: whatever fails in between, `removed.csv` of the next export names too many rather than too few.
   */
  async write(selection: TargetSelection, facts: Readonly<Record<string, unknown>>): Promise<WrittenTargets> {
    const { targetLists } = this.#context.workspace();
    const list = targetLists.write(this.#shape.list);
    try {
      for await (const answers of selection.answers) {
        for (const answer of answers) {
          this.#writeAnswer(answer);
          if ("exported" in answer) list.add(answer.exported.id, 0n);
        }
      }
      const removed = this.#writeRemoved(selection, list);
      list.finish(facts);
      return { removed, ...this.#place() };
    } catch (error) {
      list.discard();
      throw error;
    }
  }

  /** Once the export is on the record: from now on the list holds nobody but whom this one named. */
  settle({ isExported }: TargetSelection, { removed }: WrittenTargets): void {
    const { targetLists } = this.#context.workspace();
    const both = removed === null || removed === 0 ? null : targetLists.read(this.#shape.list);
    if (both === null) return;
    const list = targetLists.write(this.#shape.list);
    try {
      for (const id of both.ids) if (isExported(id)) list.add(id, 0n);
      list.finish(both.facts);
    } catch (error) {
      list.discard();
      throw error;
    }
  }

  /** Gives all of them up, those that are in their places already, too. */
  discard(): void {
    for (const file of [this.#targets, this.#removed, this.lists]) file.discard();
  }

  #place(): Omit<WrittenTargets, "removed"> {
    const others = this.lists.finish();
    const removed = this.#removed.finish();
    const targets = this.#targets.finish();
    return { files: [...[...targets, ...removed].map(({ path }) => path), ...others], digest: digestOf(targets.map(({ sha256 }) => sha256)) };
  }

  #writeAnswer(answer: TargetAnswer): void {
    if ("exported" in answer) return this.#targets.write(arrangeCells(this.#header, this.#shape.channel.idType, answer.exported));
    this.lists.leftOut(answer.leftOut);
  }

  /** Adds the former export's identifiers to the list, too. */
  #writeRemoved({ isExported }: TargetSelection, list: TargetListWriter): number | null {
    const former = this.#context.workspace().targetLists.read(this.#shape.list);
    if (former === null) return null;
    let removed = 0;
    for (const id of former.ids) {
      if (isExported(id)) continue;
      this.#removed.write([renderTargetId(this.#shape.channel.idType, id)]);
      list.add(id, 0n);
      removed += 1;
    }
    return removed;
  }
}

function arrangeOrRefuse({ idType, fields }: ChannelConfig, headers: HeaderSet): TargetHeader {
  const header = arrangeHeader(headers, idType, Object.keys(fields));
  if ("names" in header) return header;
  const { problem, name } = header;
  throw new StartError({
    code: "field-name",
    message: problem === "twice" ? say`Two fields of channel.fields come out as the column ${name}.` : say`A field of channel.fields bears the name of the identifier's own column: ${name}.`,
    hint: "Rename or remove one of them in channel.fields.",
  });
}

/** Of one file its own digest, so that it can be compared by hand; of several a digest of theirs. */
function digestOf(digests: readonly string[]): string {
  const [first = "", ...more] = digests;
  return more.length === 0 ? first : createHash("sha256").update(digests.join("\n")).digest("hex");
}

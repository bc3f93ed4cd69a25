import type { Context } from "../context.ts";
import type { HeaderSet } from "../core/targets/header.ts";
import { EXIT } from "../errors.ts";
import type { TargetEncoding } from "../files/target-encoding.ts";
import type { Run } from "../workspace/runs.ts";
import { readExportFlags } from "./steps/export-flags.ts";
import { createFieldReader, requireChannel } from "./steps/read-fields.ts";
import { registerExport } from "./steps/register-export.ts";
import { selectTargets, type TargetSelection } from "./steps/select-targets.ts";
import { nameTargetList } from "./steps/target-list-names.ts";
import { tellExport } from "./steps/tell-export.ts";
import { refuseStrayFlags, uploadTargets, type UploadFlags } from "./steps/upload-targets.ts";
import { ExportFiles, type ExportShape, type WrittenTargets } from "./steps/write-targets.ts";

export interface ExportFlags extends UploadFlags {
  readonly to?: string;
  readonly headers?: HeaderSet;
  readonly encoding?: TargetEncoding;
  readonly maxRows?: number;
}

/** `export-channel-targets`: files for the channel's partner centre that hold only who may be written to (product.md section 9); with `--upload` a customer file at Kakao. */
export async function exportChannelTargets(context: Context, flags: ExportFlags): Promise<number> {
  refuseStrayFlags(flags);
  if (flags.upload === true) return uploadTargets(context, flags);
  const { purpose, name } = readExportFlags(flags);
  const operator = context.requireOperator();
  const channel = requireChannel(context, flags.segment);
  // A replica may lack a refusal that the primary has.
  context.readNoReplica();
  context.lock();
  return exportFiles(context, flags, { operator, purpose, name, channel });
}

interface Asked {
  readonly operator: string;
  readonly purpose: string;
  readonly name: string;
  readonly channel: ExportShape["channel"];
}

async function exportFiles(context: Context, flags: ExportFlags, asked: Asked): Promise<number> {
  // A run's folder is private, but it may lie in a work tree.
  const to = context.privateFolder(flags.to ?? context.workspaceFolder);
  const { runs } = context.workspace();
  const { id, folder } = runs.prepare(Math.floor(context.now() / 1000));
  try {
    const shape: ExportShape = {
      folder: flags.to === undefined ? folder : to,
      channel: asked.channel,
      headers: flags.headers ?? "centre-2025",
      encoding: flags.encoding ?? "utf8-bom",
      maxRows: flags.maxRows,
      list: nameTargetList("export", asked.channel, asked.name),
    };
    const { files, ...made } = await writeFiles(context, flags, shape, { ...asked, id, folder });
    files.settle(made.selection, made.written);
    tellExport(context, made.run);
    return EXIT.done;
  } catch (error) {
    runs.discard(id);
    throw error;
  }
}

interface Made {
  readonly files: ExportFiles;
  readonly selection: TargetSelection;
  readonly written: WrittenTargets;
  readonly run: Run;
}

/** The files in their places, and registered; whatever fails before that, none of them stays. */
async function writeFiles(context: Context, flags: ExportFlags, shape: ExportShape, facts: Asked & { readonly id: string; readonly folder: string }): Promise<Made> {
  const files = await ExportFiles.open(context, shape);
  try {
    const readField = createFieldReader(context, shape.channel, (text) => files.findUnencodable(text));
    const selection = await selectTargets(context, flags, readField, files.lists);
    const written = await files.write(selection, { run: facts.id });
    const run = await registerExport(context, flags, { ...facts, counts: selection.counts(), written });
    return { files, selection, written, run };
  } catch (error) {
    files.discard();
    throw error;
  }
}

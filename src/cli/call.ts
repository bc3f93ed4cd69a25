import type { Command, OptionValues } from "commander";
import type { Context } from "../context.ts";

/** A command as the tree calls it: everything it needs comes from the context. */
export type Run<Flags extends OptionValues> = (context: Context, flags: Flags, argument?: string) => Promise<number>;

/** Runs what `load` brings, with the flags of the command that was named. */
export type Call = <Flags extends OptionValues>(command: Command, load: () => Promise<Run<Flags>>, argument?: string) => Promise<void>;

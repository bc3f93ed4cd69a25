import { Argument, type Command } from "commander";
import { readCount } from "../commands/shared-options.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import type { Call } from "./call.ts";
import type { Shell } from "./completion.ts";

// The commands before and beside the work: configuration, rehearsals, the shell.

export function addInit(program: Command, call: Call): void {
  program
    .command("init")
    .description("look into the database, and write a commented configuration to start from")
    .option("--database <url>", "the database to look into (default: DATABASE_URL, also from .env)")
    .option("--table <table>", "the member table (default: the likeliest one)")
    .option("--where <condition>", "members.where: which members are live; all: every row is")
    .option("--withdrawn <condition>", "members.withdrawn: who has left for good")
    .option("--app-id <id>", "kakao.appId")
    .option("--channel <id>", "channel.publicId, like _Abcd")
    .option("--overwrite", "write over a configuration that is there")
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/init.ts")).init));
}

export function addDoctor(program: Command, call: Call): void {
  program
    .command("doctor")
    .description("look whether configuration, database, Kakao and workspace are as they should be")
    .option("--quick", "do not read the members: no shares of usable keys")
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/doctor.ts")).doctor));
}

export function addSandbox(program: Command, call: Call): void {
  program
    .command("sandbox")
    .description("start a simulated Kakao and a demo member database to rehearse on; runs until Ctrl-C")
    .option("--folder <folder>", "where the demo database and configuration go (default: kakao-sync-sandbox)")
    .option("--members <n>", "size of the demo population", readCount)
    .option("--port <n>", "port on 127.0.0.1 (default: a free one)", readCount)
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/sandbox.ts")).sandbox));
}

export function addDemo(program: Command, call: Call): void {
  program
    .command("demo")
    .description("walk through pull, plan, apply and undo on the sandbox, then clean up")
    .action((_flags, command: Command) => call(command, async () => {
      const [{ demo }, { main }] = await Promise.all([import("../commands/demo.ts"), import("../main.ts")]);
      return (context: Context) => demo(context, main);
    }));
}

export function addCompletion(program: Command, call: Call): void {
  program
    .command("completion")
    .description("print a script by which a shell completes commands, flags and their values")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
    .action((shell: Shell, _flags, command: Command) => call(command, async () => {
      const { renderCompletion } = await import("./completion.ts");
      return async ({ terminal }: Context) => {
        const script = renderCompletion(program, shell);
        terminal.text(script);
        terminal.json({ command: "completion", shell, script });
        return EXIT.done;
      };
    }));
}

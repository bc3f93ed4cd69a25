import type { CommandShape, FlagShape, Values } from "./command-shape.ts";

/** For fish 3 and later; flags and commands come with what they do. */
export function completeFish(commands: readonly CommandShape[]): string {
  const withValue = commands.flatMap(({ path, flags }) => flags.filter(({ values }) => values !== undefined).map(({ flag }) => quote(`${path === "" ? "*" : path}:${flag}`)));
  const below = commands.filter(({ path }) => path !== "").map(({ path }) => quote(path.includes(" ") ? path.replace(/ (?=\S+$)/, ":") : `:${path}`));
  return `# Completion of kakao-sync for fish. In ~/.config/fish/config.fish: kakao-sync completion fish | source
function __kakao_sync_at
    set -l path ''
    set -l value no
    for word in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
            continue
        end
        switch "$path:$word"
            case '*:--*=*'
            case ${withValue.join(" ")}
                set value yes
            case ${below.join(" ")}
                set path (string trim "$path $word")
        end
    end
    test "$path" = "$argv[1]"
end
complete -c kakao-sync -f
${commands.map(completeOne).join("")}`;
}

function completeOne({ path, flags, values, children }: CommandShape): string {
  const here = `-n ${quote(`__kakao_sync_at ${quote(path)}`)}`;
  return [
    // The program's flags stand with every command.
    ...flags.map((flag) => `complete -c kakao-sync ${path === "" ? "" : `${here} `}${completeFlag(flag)}`),
    ...children.map(({ name, description }) => `complete -c kakao-sync ${here} -a ${name} -d ${quote(description)}`),
    ...(children.length > 0 || values === undefined || values === "anything" ? [] : [`complete -c kakao-sync ${here} ${offer(values)}`]),
  ].map((line) => `${line}\n`).join("");
}

function completeFlag({ flag, description, values }: FlagShape): string {
  return `-l ${flag.replace(/^--/, "")} -d ${quote(description)}${values === undefined ? "" : ` ${values === "file" ? "-r" : "-x"} ${offer(values)}`}`.trimEnd();
}

function offer(values: Values): string {
  if (values === "file") return "-F";
  if (values === "folder") return `-a '(__fish_complete_directories)'`;
  if (values === "run") return `-a '(command ls .kakao-sync/runs 2>/dev/null)'`;
  return values === "anything" ? "" : `-a ${quote(values.join(" "))}`;
}

/** In fish only a backslash and a quote mean something between single quotes. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

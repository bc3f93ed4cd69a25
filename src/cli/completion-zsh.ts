import type { CommandShape, FlagShape, Values } from "./command-shape.ts";

/** For zsh with compinit. A function for each command; flags and commands come with what they do. */
export function completeZsh(commands: readonly CommandShape[]): string {
  const [program] = commands;
  return `#compdef kakao-sync
# Completion of kakao-sync for zsh. In ~/.zshrc, after compinit: source <(kakao-sync completion zsh)
_kakao_sync_runs_here() {
  local -a runs=(.kakao-sync/runs/*(N/:t))
  compadd -a runs
}
${commands.map((command) => completeOne(command, program?.flags ?? [])).join("")}if [[ $funcstack[1] == _kakao_sync ]]; then _kakao_sync "$@"; else compdef _kakao_sync kakao-sync; fi
`;
}

function completeOne({ path, flags, values, children }: CommandShape, globals: readonly FlagShape[]): string {
  const specs = [...flags, ...(path === "" ? [] : globals)].map(({ flag, description, values: taken }) => quote(`${flag}${taken === undefined ? "" : "="}[${escape(description)}]${taken === undefined ? "" : `:value:${offer(taken)}`}`));
  const name = nameFunction(path);
  if (children.length === 0) {
    const argument = values === undefined ? [] : [quote(`1:value:${offer(values)}`)];
    return `${name}() {
  _arguments ${[...specs, ...argument].join(" \\\n    ")}
}
`;
  }
  return `${name}() {
  local curcontext=$curcontext context state line
  typeset -A opt_args
  _arguments -C ${[...specs, quote("1:command:->command"), quote("*::argument:->below")].join(" \\\n    ")}
  case $state in
    command)
      local -a commands=(
${children.map((child) => `        ${quote(`${child.name}:${escape(child.description)}`)}`).join("\n")}
      )
      _describe command commands ;;
    below)
      case $line[1] in
${children.map((child) => `        ${child.name}) ${nameFunction(`${path} ${child.name}`.trim())} ;;`).join("\n")}
      esac ;;
  esac
}
`;
}

function nameFunction(path: string): string {
  return `_kakao_sync${path === "" ? "" : `_${path.replace(/[ -]/g, "_")}`}`;
}

function offer(values: Values): string {
  if (values === "file") return "_files";
  if (values === "folder") return "_files -/";
  if (values === "run") return "_kakao_sync_runs_here";
  return values === "anything" ? " " : `(${values.join(" ")})`;
}

/** What `_arguments` and `_describe` would take for their own. */
function escape(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

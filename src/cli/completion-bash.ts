import type { CommandShape, Values } from "./command-shape.ts";

/** For bash 3.2 and later, without the package bash-completion. It knows words, not descriptions. */
export function completeBash(commands: readonly CommandShape[]): string {
  const withValue = commands.flatMap(({ path, flags }) => flags.flatMap(({ flag, values }) => (values === undefined ? [] : [{ pattern: pattern(path, flag), values }])));
  const below = commands.filter(({ path }) => path !== "").map(({ path }) => quote(path.includes(" ") ? path.replace(/ (?=\S+$)/, ":") : `:${path}`));
  return `# Completion of kakao-sync for bash. In ~/.bashrc: source <(kakao-sync completion bash)
_kakao_sync() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= value= words= kind= at word
  COMPREPLY=()
  # bash takes --format=json for three words.
  if [[ $current == "=" ]]; then current=; elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == "=" ]]; then value=yes; continue; fi
    if [[ -n $value ]]; then value=; continue; fi
    case "$path:$word" in
      ${withValue.map((flag) => flag.pattern).join(" | ")}) value=yes ;;
      ${below.join(" | ")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path:$previous" in
${withValue.map((flag) => `    ${flag.pattern}) ${offer(flag.values)} ;;`).join("\n")}
    *)
      if [[ $current == -* ]]; then
        case $path in
${commands.filter(({ path }) => path !== "").map(({ path, flags }) => `          ${quote(path)}) words=${quote(flags.map(({ flag }) => flag).join(" "))} ;;`).join("\n")}
        esac
        words="$words ${commands[0]?.flags.map(({ flag }) => flag).join(" ") ?? ""}"
      else
        case $path in
${commands.map((command) => `          ${quote(command.path)}) ${command.children.length > 0 ? `words=${quote(command.children.map(({ name }) => name).join(" "))}` : offer(command.values ?? "anything")} ;;`).join("\n")}
        esac
      fi
  esac
  local IFS=$' \\t\\n'
  [[ $kind == runs ]] && words=$(command ls .kakao-sync/runs 2>/dev/null)
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); return; fi
  [[ -n $kind ]] || return
  compopt -o filenames 2>/dev/null
  IFS=$'\\n'
  COMPREPLY=($(compgen "$kind" -- "$current"))
}
complete -F _kakao_sync kakao-sync
`;
}

/** A flag where it stands; those of the program stand with every command. */
function pattern(path: string, flag: string): string {
  return path === "" ? `*:${flag}` : quote(`${path}:${flag}`);
}

/** The statement that says what may stand here. */
function offer(values: Values): string {
  if (values === "file") return "kind=-f";
  if (values === "folder") return "kind=-d";
  if (values === "run") return "kind=runs";
  return values === "anything" ? ":" : `words=${quote(values.join(" "))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// Who may import whom (docs/architecture.md). A room is a folder of src, or a file at its top.
import { dirname, relative, resolve, sep } from "node:path";

const adapters = ["kakao", "database", "columns", "files", "terminal", "config", "workspace", "report"];

/** For each room: the other rooms it may import. `*` is every room. */
export const MAY_IMPORT = {
  core: [],
  ...Object.fromEntries(adapters.map((room) => [room, ["core", "errors", "say"]])),
  messages: ["core", "errors", "say"],
  simulator: ["core/kakao-id", "errors"],
  sandbox: ["core/kakao-id", "errors", "say", "simulator"],
  "foreign-phone": ["core"],
  say: [],
  errors: ["say"],
  io: ["terminal"],
  "explain-failure": ["errors", "say"],
  commands: ["core", "errors", "messages", "context", "say", "types"],
  context: ["!commands", "!cli", "!main", "*"],
  cli: ["*"],
  main: ["*"],
};

/** For each third-party package: the only places that may import it. */
export const DOORS = {
  axios: ["kakao/http"],
  "better-sqlite3": ["database", "workspace", "sandbox/member-database"],
  "csv-parse": ["files", "database/csv-load"],
  "csv-stringify": ["files"],
  "iconv-lite": ["files"],
  chalk: ["terminal"],
  ora: ["terminal"],
  inquirer: ["terminal/confirm"],
  commander: ["cli", "commands/shared-options"],
  zod: ["config", "kakao"],
  yaml: ["config"],
  hono: ["simulator"],
  "@hono/node-server": ["simulator"],
  pg: ["database/postgres-connection"],
  mysql2: ["database/mysql-connection"],
  echarts: ["report/charts"],
  "libphonenumber-js": ["foreign-phone"],
};

/** What a file at `from` (below src, no ending) may not do with the import `to`: a sentence, or undefined when it may. */
export function refuseImport(from, to, typeOnly) {
  const room = from.split("/")[0];
  if (!to.startsWith(".")) return refusePackage(from, room, to, typeOnly);
  const target = relative(".", resolve(dirname(from), to)).split(sep).join("/").replace(/\.ts$/, "");
  if (target.startsWith("..")) return `${from} reaches outside src`;
  const targetRoom = target.split("/")[0];
  if (targetRoom === room) return undefined;
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return `the room ${room} is not in lint/rooms.mjs`;
  if (allowed.includes(`!${targetRoom}`)) return `${room} may not import ${targetRoom}`;
  const named = allowed.some((name) => name === "*" || name === targetRoom || target === name);
  // Commands know the adapters by the types of their contracts only: the context hands the real ones over.
  const contract = room === "commands" && typeOnly && [...adapters, "simulator", "sandbox"].includes(targetRoom);
  return named || contract ? undefined : `${room} may not import ${targetRoom}${room === "commands" ? " other than by type" : ""}`;
}

function refusePackage(from, room, to, typeOnly) {
  if (to.startsWith("node:")) return room === "core" ? "core is pure: nothing of node:" : undefined;
  const name = to.startsWith("@") ? to.split("/").slice(0, 2).join("/") : to.split("/")[0];
  if (room === "core") return "core is pure: no packages";
  const doors = DOORS[name];
  if (doors === undefined) return `${name} has no door in lint/rooms.mjs`;
  if (name === "commander" && typeOnly && room === "commands") return undefined;
  return doors.some((door) => from === door || from.startsWith(`${door}/`)) ? undefined : `${name} may be imported only in ${doors.join(", ")}`;
}

/** The ESLint rule around `refuseImport`. */
export const direction = {
  meta: { type: "problem", schema: [], messages: { refused: "{{why}} (docs/architecture.md)" } },
  create(context) {
    const from = relative(resolve("src"), context.filename).split(sep).join("/").replace(/\.ts$/, "");
    const check = (node, source, typeOnly) => {
      const why = typeof source?.value === "string" ? refuseImport(from, source.value, typeOnly) : undefined;
      if (why !== undefined) context.report({ node, messageId: "refused", data: { why } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source, node.importKind === "type"),
      ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === "type"),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === "type"),
      ImportExpression: (node) => check(node, node.source, false),
    };
  },
};

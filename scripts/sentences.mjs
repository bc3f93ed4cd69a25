// Every sentence that the source holds, and what no catalogue has. `node scripts/sentences.mjs [FOLDER …]` lists what is missing there; the test asks for nothing to be.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Files that hold nothing to be said in the operator's language, each with the reason. A folder ends with a slash. */
export const NOT_SAID = {
  "src/messages/ko/": "the catalogue itself",
  "src/simulator/": "answers as Kakao gives them, in English there too",
  "src/core/": "codes; names of documents; SQL conditions",
  "src/report/page-style.ts": "a style sheet",
  "src/report/filter-script.ts": "a script",
  "src/cli/completion-bash.ts": "a script",
  "src/cli/completion-fish.ts": "a script",
  "src/cli/completion-zsh.ts": "a script",
  "src/messages/examples.ts": "command lines",
  "src/config/starter.ts": "a configuration, in English as its keys are",
  "src/config/consent-starter.ts": "a consent file, in English as its keys are",
  "src/commands/steps/init-answers.ts": "comments of a configuration, in English as its keys are",
  "src/sandbox/config-file.ts": "a configuration",
  "src/sandbox/member-database.ts": "a demo shop's tables, and what is in them",
  "src/database/apply-sql.ts": "an SQL script",
};

/** Single literals that are no sentences, each with the reason. */
export const NO_SENTENCE = {
  "how many users agreed to which item and term": "a purpose on the record, which is in English",
  "import run": "what sealed bytes are bound to",
  "target fields": "what a key is derived for",
  "kakao-sync key id": "what a key is derived for",
  "kakao-sync approval 1": "part of what is signed",
  "psql -q -v ON_ERROR_STOP=1 -f apply.sql DATABASE": "a command",
  "mysql DATABASE < apply.sql": "a command",
  "mariadb DATABASE < apply.sql": "a command",
  "[admin key]": "what stands for the admin key wherever it must not be shown",
  "kakao-sync configuration": "title of a JSON schema",
  "kakao-sync consent file": "title of a JSON schema",
};

const words = /[a-z]{2,}[a-z'-]* \S*[a-z]{2,}/i;
/** SQL by how it begins: keywords in capitals (a sentence has one capital), or the beginning of a whole statement. Without any small letter it is SQL, too. */
const sql = /^\s*\(?\s*((SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|PRAGMA|SHOW|SET|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK|UNLOCK|START TRANSACTION|AND|OR|FROM|WHERE|ORDER BY|GROUP BY|LEFT JOIN|JOIN|UNION|VALUES|ON CONFLICT|RETURNING|LIMIT|EXISTS|NOT EXISTS|GRANT|VACUUM|EXPLAIN|DECLARE|FETCH|CLOSE|ATTACH|DETACH|TRUNCATE|ANALYZE)\b|select (\w+( as \w+)?,|\w+ from|count\()|insert into \w+ [(v]|update \w+ set |delete from \w+|create (unique )?(table|index|trigger|view) \w+|alter table \w+|pragma \w+|is (not )?null$)|^[^a-z]*$/;
/** `--file <file>`, `report <run>`: how a flag or a command is declared. */
const declaration = /^[\w-]+ [<[][^ ]+[>\]]$/;
const sqlInside = /create table \w+ \(|cast\(\w+ as |\? order by \w+$|not in \(select |kakao_sync_\w+ =|::text = |\$kakao_sync\$|(COLLATE|USING) utf8mb4|::text IS |^iif\(|\b(IS TRUE|IS NOT NULL|IS NULL|is not null|ORDER BY|SELECT|CASE WHEN|CASE typeof|WHEN '|CAST|COLLATE|CONVERT|CHARACTER SET|JOIN|IS NOT DISTINCT|NOT IN|unnest|max)\b.*[({]|json_each|^table_schema =|AS kakao_sync_|\{\d+\} (IS TRUE|IS NULL|IS NOT NULL|is not null)$|COLLATE BINARY|::text COLLATE/s;
const markup = /^\s*(\{0\})?\s*>?\s*<[!?a-z]/;
/** A command to copy, and nothing else. */
const commandLine = /^ *kakao-sync( [a-z-]+| RUN)*$|^\{0\}( --[a-z-]+( \{\d+\})?)+$/;
/** What sealed bytes are bound to. */
const seal = /^[a-z ]+\|\{0\}/;
const sqlCalls = new Set(["prepare", "exec", "query", "execute", "pragma", "unsafe"]);
/** What the schemas of files say of their keys: English, for editors and the reference. */
const documenting = new Set(["describe", "meta"]);
const defects = new Set(["BrokenSeal", "Error", "RangeError", "TypeError", "SyntaxError", "RegExp"]);
/** Places of a single word that is said. */
const saidProperties = new Set(["header"]);

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (path.endsWith(".ts") && !Object.keys(NOT_SAID).some((name) => (name.endsWith("/") ? path.startsWith(name) : path === name))) yield path;
  }
}

/** `{ file, line, key, kind }` of all that is said below a folder: `say` a tagged sentence, `count` a counted noun, `whole` a constant, `untagged` a sentence with values that nobody tagged. */
export function* listSentences(folder = "src") {
  for (const file of folder.endsWith(".ts") ? [folder] : filesOf(folder)) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const found = [];
    const visit = (node) => {
      if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
      if (ts.isObjectLiteralExpression(node) && isInBothLanguages(node)) return;
      if (ts.isNewExpression(node) && defects.has(node.expression.getText())) return;
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && sqlCalls.has(node.expression.name.text)) return;
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && documenting.has(node.expression.name.text)) return visit(node.expression.expression);
      if (ts.isTaggedTemplateExpression(node)) {
        if (node.tag.getText() === "say") found.push([node, patternOf(node.template), "say"]);
        if (node.tag.getText() === "say" && ts.isTemplateExpression(node.template)) for (const span of node.template.templateSpans) visit(span.expression);
        return;
      }
      if (ts.isCallExpression(node) && node.expression.getText() === "countOf") {
        const [, one, many] = node.arguments;
        if (one !== undefined && ts.isStringLiteral(one) && (many === undefined || ts.isStringLiteral(many))) {
          found.push([node, `{0} ${many === undefined ? `${one.text}s` : many.text}`, "count"]);
          visit(node.arguments[0]);
          return;
        }
      }
      const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
      const isKey = ts.isPropertyAssignment(node.parent ?? node) && node.parent.name === node;
      if (isText && !isKey && isSaid(node)) found.push([node, node.text, "whole"]);
      else if (ts.isTemplateExpression(node) && isSentence(patternOf(node))) found.push([node, patternOf(node), "untagged"]);
      ts.forEachChild(node, visit);
    };
    visit(source);
    for (const [node, key, kind] of found) yield { file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, key, kind };
  }
}

/** `{ en: "…", ko: "…" }` brings its translation along. */
const isInBothLanguages = ({ properties }) => properties.length === 2 && ["en", "ko"].every((language) => properties.some((property) => property.name?.getText() === language));

const patternOf = (template) => (ts.isTemplateExpression(template) ? template.head.text + template.templateSpans.map((span, at) => `{${at}}${span.literal.text}`).join("") : template.text);

const isSentence = (text) => words.test(text) && !sql.test(text) && !markup.test(text) && !seal.test(text) && !declaration.test(text) && !commandLine.test(text) && (!sqlInside.test(text) || /^[A-Z{][^()]*\.( |$)/.test(text)) && !(text in NO_SENTENCE);

function isSaid(node) {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name.getText() === "command") return false;
  if (ts.isPropertyAssignment(parent) && saidProperties.has(parent.name.getText()) && node.text !== "") return true;
  return isSentence(node.text);
}

/** Every text and pattern of the source, sentence or not. */
export function listTexts(folder = "src") {
  const texts = new Set();
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts") && !name.startsWith(join("messages", "ko")))) {
    const visit = (node) => {
      if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) texts.add(patternOf(node));
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(join(folder, file), "utf8"), ts.ScriptTarget.Latest, true));
  }
  return texts;
}

/** What is said and has no translation, or is not tagged. */
export function listMissing(catalogue, folder) {
  return [...listSentences(folder)].filter(({ key, kind }) => kind === "untagged" || !catalogue.has(key));
}

if (process.argv[1]?.endsWith("sentences.mjs")) {
  const catalogue = readCatalogue();
  const missing = (process.argv.slice(2).length === 0 ? ["src"] : process.argv.slice(2)).flatMap((folder) => listMissing(catalogue, folder));
  for (const { file, line, key, kind } of missing) console.log(`${file}:${line}  ${kind}  ${JSON.stringify(key)}`);
  console.log(`${missing.length} to do`);
}

/** Keys of the catalogue as the source has them; no build is needed. */
export function readCatalogue(folder = "src/messages/ko") {
  const keys = new Map();
  for (const name of readdirSync(folder)) {
    const source = ts.createSourceFile(name, readFileSync(join(folder, name), "utf8"), ts.ScriptTarget.Latest, true);
    const visit = (node) => {
      if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.initializer)) keys.set(ts.isStringLiteral(node.name) ? node.name.text : node.name.getText(), node.initializer.text);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return keys;
}

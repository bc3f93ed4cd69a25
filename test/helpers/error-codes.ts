import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { EXIT } from "../../src/errors.ts";

/** The classes of errors, and the exit of each. */
const exits: Readonly<Record<string, string>> = {
  StartError: String(EXIT.cannotStart),
  RefusedError: String(EXIT.refused),
  FailedError: String(EXIT.failedPartWay),
  KakaoCallError: String(EXIT.failedPartWay),
  KakaoNoAnswerError: String(EXIT.failedPartWay),
  InterruptedError: `${EXIT.interrupted}, ${EXIT.terminated}`,
};

/** Where an error is made: its class, and what stands for its code. */
interface Made {
  readonly exit: string;
  readonly code: ts.Expression | undefined;
  readonly file: ts.SourceFile;
}

/** Each code that the source gives an error, with the exits it comes with; `…` is a part that only the moment knows. */
export function listErrorCodes(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts")).map((path) => ts.createSourceFile(path, readFileSync(join("src", path), "utf8"), ts.ScriptTarget.Latest, true));
  const codes = new Map<string, Set<string>>();
  const add = (code: string, exit: string): void => void codes.set(code, (codes.get(code) ?? new Set()).add(exit));
  for (const { exit, code, file } of files.flatMap(findErrors)) {
    const known = code === undefined ? [] : readCodes(code, file);
    // Facts that are made elsewhere in the file: any code there may be meant.
    for (const text of known.length > 0 ? known : listCodeProperties(file)) add(text, exit);
  }
  return new Map([...codes].sort(([left], [right]) => (left < right ? -1 : 1)).map(([code, set]) => [code, [...set].sort()]));
}

function findErrors(file: ts.SourceFile): Made[] {
  return listNodes(file).filter(ts.isNewExpression).flatMap((node) => {
    const exit = exits[node.expression.getText()];
    if (exit === undefined) return [];
    const facts = node.arguments?.find(ts.isObjectLiteralExpression);
    const property = facts !== undefined ? facts.properties.find((one) => one.name?.getText() === "code") : undefined;
    const code = property === undefined ? undefined : ts.isPropertyAssignment(property) ? property.initializer : ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
    return [{ exit, code, file }];
  });
}

/** The texts that an expression may be; of a parameter, what the callers in the same file pass. */
function readCodes(code: ts.Expression, file: ts.SourceFile, through: readonly string[] = []): string[] {
  if (ts.isStringLiteralLike(code)) return [code.text];
  if (ts.isConditionalExpression(code)) return [...readCodes(code.whenTrue, file, through), ...readCodes(code.whenFalse, file, through)];
  if (ts.isTemplateExpression(code)) return [code.head.text + code.templateSpans.map((span) => `…${span.literal.text}`).join("")];
  if (ts.isPropertyAccessExpression(code)) return code.name.text === "code" ? listCodeProperties(file) : [];
  if (!ts.isIdentifier(code)) return [];
  const maker = findMaker(code, code.text);
  if (maker === undefined || through.includes(maker.name)) return [];
  const calls = listNodes(file).filter(ts.isCallExpression).filter((call) => call.expression.getText().replace(/^this\./, "") === maker.name);
  return calls.flatMap((call) => call.arguments[maker.at] ?? []).flatMap((argument) => readCodes(argument, file, [...through, maker.name]));
}

/** The function around a node that has a parameter of this name. */
function findMaker(node: ts.Node, parameter: string): { readonly name: string; readonly at: number } | undefined {
  for (let around = node.parent; !ts.isSourceFile(around); around = around.parent) {
    if (!ts.isFunctionLike(around)) continue;
    const at = around.parameters.findIndex(({ name }) => name.getText() === parameter);
    const name = around.name?.getText() ?? (ts.isVariableDeclaration(around.parent) ? around.parent.name.getText() : undefined);
    if (at >= 0 && name !== undefined) return { name, at };
  }
  return undefined;
}

function listCodeProperties(file: ts.SourceFile): string[] {
  const properties = listNodes(file).filter(ts.isPropertyAssignment).filter(({ name }) => ["code", "damagedCode"].includes(name.getText()));
  return properties.flatMap(({ initializer }) => (ts.isIdentifier(initializer) || ts.isPropertyAccessExpression(initializer) ? [] : readCodes(initializer, file)));
}

function listNodes(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const walk = (one: ts.Node): void => {
    nodes.push(one);
    ts.forEachChild(one, walk);
  };
  walk(node);
  return nodes;
}

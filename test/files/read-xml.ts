/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

const name = "[A-Za-z_][A-Za-z0-9_.-]*";
const tag = new RegExp(`<(/?)(${name})((?:\\s+${name}="[^"<]*")*)\\s*(/?)>`, "y");
// What XML 1.0 allows as a character (section 2.2 of the recommendation).
const allowed = /^[\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Reads a document of elements, attributes and texts. Throws where it is not well-formed: a stranger to what it does not know. */
export function readXml(document: string): XmlElement {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(head)) throw new Error("no declaration");
  if (!allowed.test(document)) throw new Error("a character that XML does not have");
  const root = { name: "", attributes: {}, children: [] as XmlElement[], text: "" };
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [root];
  let at = head.length;
  while (at < document.length) {
    const parent = open.at(-1);
    if (parent === undefined) throw new Error("something behind the root");
    const next = document.indexOf("<", at);
    const text = document.slice(at, next === -1 ? document.length : next);
    parent.text += decode(text);
    at += text.length;
    if (next === -1) break;
    tag.lastIndex = at;
    const [whole, closing, element = "", attributes = "", empty] = tag.exec(document) ?? [];
    if (whole === undefined) throw new Error(`no tag at ${document.slice(at, at + 40)}`);
    at += whole.length;
    if (closing === "/") {
      if (open.pop()?.name !== element) throw new Error(`${element} closes another element`);
      continue;
    }
    const opened = { name: element, attributes: readAttributes(attributes), children: [], text: "" };
    parent.children.push(opened);
    if (empty !== "/") open.push(opened);
  }
  const [only, ...more] = root.children;
  if (open.length !== 1 || only === undefined || more.length > 0 || root.text.trim() !== "") throw new Error("not one closed root element");
  return only;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, key = "", value = ""] of text.matchAll(new RegExp(`(${name})="([^"]*)"`, "g"))) {
    if (key in attributes) throw new Error(`${key} stands twice`);
    // A line break or a tab that is written as it is would be read as a blank.
    attributes[key] = decode(value.replace(/[\n\t]/g, " "));
  }
  return attributes;
}

function decode(text: string): string {
  if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(text) || text.includes("]]>")) throw new Error(`not escaped: ${text.slice(0, 40)}`);
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(#?)(\w+);/g, (_all, number: string, word: string) => (number === "#" ? String.fromCodePoint(Number(word)) : (named[word] ?? "")));
}

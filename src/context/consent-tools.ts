import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadConsent, type LoadedConsent } from "../config/consent-load.ts";
import { renderConsentStarter } from "../config/consent-starter.ts";
import { renderJunit } from "../files/junit.ts";
import { renderMarkdown } from "../files/markdown.ts";
import { OutputFile } from "../files/output-file.ts";
import { renderSarif } from "../files/sarif.ts";

/** What the consent audit takes from other rooms. Paths are meant from the working directory. */
export interface ConsentTools {
  /** Throws StartError with every problem of the file and its line. */
  load(path: string): LoadedConsent;
  readonly renderStarter: typeof renderConsentStarter;
  exists(path: string): boolean;
  /** Writes a new file; false where there is one already, which stays as it is. */
  writeNew(path: string, text: string): boolean;
  readonly render: { readonly sarif: typeof renderSarif; readonly junit: typeof renderJunit; readonly markdown: typeof renderMarkdown };
  /** A result's file, whole or not at all; one that is there is replaced. Answers its path. */
  writeResult(path: string, text: string): string;
  /** The program's version, as package.json says. */
  readonly version: string;
}

export function createConsentTools(cwd: string): ConsentTools {
  return {
    load: (path) => loadConsent(resolve(cwd, path), cwd),
    renderStarter: renderConsentStarter,
    exists: (path) => existsSync(resolve(cwd, path)),
    writeNew: (path, text) => {
      const file = resolve(cwd, path);
      if (existsSync(file)) return false;
      writeFileSync(file, text, { flag: "wx" });
      return true;
    },
    render: { sarif: renderSarif, junit: renderJunit, markdown: renderMarkdown },
    writeResult: (path, text) => {
      const file = new OutputFile(resolve(cwd, path));
      file.write(text);
      return file.finish().path;
    },
    get version() {
      const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
      return version;
    },
  };
}

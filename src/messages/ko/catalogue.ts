import type { Catalogue } from "../../say.ts";
import { cliKo } from "./cli.ts";
import { terminalKo } from "./terminal.ts";

/** Every sentence in Korean, by its English pattern. The words are those of docs/runbooks/ko/terms.md. */
export const korean: Catalogue = new Map([cliKo, terminalKo].flatMap((sentences) => Object.entries(sentences)));

import { readFileSync, statSync } from "node:fs";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/** Permission bits of everybody who is neither the owner nor of its group. */
const others = 0o007;
const encoded = [
  { prefix: "base64:", encoding: "base64", shape: /^[A-Za-z0-9+/]+={0,2}$/ },
  { prefix: "hex:", encoding: "hex", shape: /^(?:[0-9a-f]{2})+$/i },
] as const;

/**
 * The key of an HMAC: the bytes of its file without the newline at its end, or what stands behind `base64:` or `hex:`. A file that is no text is
 * taken byte for byte. Throws StartErrors that name the place in the configuration and the file, never what is in it.
 */
export function readKeyFile(file: string, column: string): Buffer {
  const bytes = readBytes(file, column);
  const text = bytes.toString("utf8");
  const key = text.includes("\uFFFD") ? bytes : readText(text.replace(/\r?\n$/, ""), file, column);
  if (key.length === 0) throw keyFileError("key-file-empty", say`The key file ${file} of ${column} is empty.`, "Write the key of the HMAC into it, as your application has it.");
  return key;
}

function readBytes(file: string, column: string): Buffer {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw keyFileError("key-file-missing", say`The key file ${file} of ${column} is no file.`, "Write the path of a file with the key of the HMAC.");
    if (process.platform !== "win32" && (stat.mode & others) !== 0) {
      throw keyFileError("key-file-exposed", say`Every user of this machine can read or change the key file ${file} of ${column}.`, say`Narrow it: chmod 600 ${file}`);
    }
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const what = missing ? say`The key file ${file} of ${column} is not there.` : say`The key file ${file} of ${column} cannot be read.`;
    throw keyFileError("key-file-missing", what, "Put the key of the HMAC there, readable by you alone.", cause);
  }
}

function readText(text: string, file: string, column: string): Buffer {
  const form = encoded.find(({ prefix }) => text.startsWith(prefix));
  if (form === undefined) return Buffer.from(text, "utf8");
  const rest = text.slice(form.prefix.length).trim();
  if (form.shape.test(rest)) return Buffer.from(rest, form.encoding);
  throw keyFileError("key-file-malformed", say`The key file ${file} of ${column} starts with ${form.prefix} and goes on with something else.`, say`Write ${form.prefix} and the key in that form, on one line.`);
}

function keyFileError(code: string, message: string, hint: string, cause?: unknown): StartError {
  return new StartError({ code, message, hint, cause });
}

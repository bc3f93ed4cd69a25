import { resolve } from "node:path";
import type { Context } from "../context.ts";
import type { Io } from "../io.ts";
import { approverKeyFile, createApproverKey, publicKeyOf, readApproverKey, signApproval } from "../workspace/approvals.ts";

/** The keys of approvers: each in a file of its owner, outside every workspace. */
export function approverKeys({ cwd, env }: Io): Pick<Context, "createApproverKey" | "approverKey"> {
  const fileOf = (name: string, file?: string): string => (file === undefined ? approverKeyFile(env, name) : resolve(cwd, file));
  return {
    createApproverKey: (name, named) => {
      const file = fileOf(name, named);
      return { file, publicKey: createApproverKey(file) };
    },
    approverKey: (name, named) => {
      const key = readApproverKey(fileOf(name, named));
      return { publicKey: publicKeyOf(key), sign: (run) => signApproval(run, key) };
    },
  };
}

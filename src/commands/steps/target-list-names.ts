import type { ChannelConfig } from "../../config/config.ts";

/** The name under which the workspace keeps a list of identifiers: of an export of that name, or of a customer file at Kakao. */
export function nameTargetList(kind: "export" | "file", { publicId, idType }: Pick<ChannelConfig, "publicId" | "idType">, name: string): string {
  return (kind === "export" ? [kind, publicId, idType, name] : [kind, publicId, name]).join("|");
}

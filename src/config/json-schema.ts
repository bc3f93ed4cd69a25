import { z } from "zod";
import { rawSchema } from "./schema.ts";

/** The part of JSON schema that `toJSONSchema` writes for this configuration. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly additionalProperties?: boolean | SchemaNode;
}

/** The configuration's JSON schema (draft 2020-12), for editors that complete and check YAML. Links of the descriptions lead nowhere there, and are left out. */
export function renderJsonSchema(): object {
  const schema = z.toJSONSchema(rawSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      if (jsonSchema.description !== undefined) jsonSchema.description = jsonSchema.description.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
    },
  });
  return { title: "kakao-sync configuration", ...schema };
}

/** The keys that may stand at a path of the configuration, or of another schema's file, in the order of the documentation. */
export function listKnownKeys(path: readonly PropertyKey[], schema: z.ZodType = rawSchema): string[] {
  let nodes = [z.toJSONSchema(schema, { io: "input" }) as SchemaNode];
  for (const step of path) nodes = nodes.flatMap(unfold).flatMap((node) => stepInto(node, step));
  return [...new Set(nodes.flatMap(unfold).flatMap((node) => Object.keys(node.properties ?? {})))];
}

function unfold(node: SchemaNode): SchemaNode[] {
  return [node, ...(node.anyOf ?? []).flatMap(unfold)];
}

function stepInto(node: SchemaNode, step: PropertyKey): SchemaNode[] {
  if (typeof step === "number") return node.items === undefined ? [] : [node.items];
  const named = node.properties?.[String(step)];
  if (named !== undefined) return [named];
  return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
}

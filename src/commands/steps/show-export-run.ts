import type { Run } from "../../workspace/runs.ts";

/** What `runs show` says of a customer file that was written: for what, who is in it, and who is not. */
export function listExportRows({ counts }: Run): (readonly [string, string])[] {
  const leftOut = Object.entries((counts["leftOut"] ?? {}) as Readonly<Record<string, number>>);
  const removed = counts["removed"];
  return [
    ["purpose", String(counts["purpose"] ?? "")],
    ["name", String(counts["name"] ?? "")],
    ["members read", show(counts["members"])],
    ["exported", show(counts["exported"])],
    ...leftOut.map(([reason, count]) => [`left out: ${reason}`, show(count)] as const),
    ["notices overdue", show(counts["overdue"])],
    ...(removed === undefined ? [] : [["to be removed since the last", show(removed)] as const]),
  ];
}

function show(count: unknown): string {
  return Number(count ?? 0).toLocaleString("en-US");
}

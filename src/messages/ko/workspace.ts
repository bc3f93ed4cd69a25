import type { Sentences } from "./sentences.ts";

/** The workspace: lock, keys, snapshots, runs, damage. */
export const workspaceKo: Sentences = {};

import type { Simulator } from "../../src/simulator/server.ts";

/** An answer of the simulator with its JSON, where numbers above 2^53 are kept as text. */
export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** Calls the simulator over real HTTP with its admin key: parameters as the query of a GET, or as the form of a POST. */
export async function ask(
  simulator: Simulator, method: "GET" | "POST", path: string, parameters: Record<string, string> = {}, headers: Record<string, string> = {},
): Promise<Asked> {
  const form = new URLSearchParams(parameters);
  const all = { authorization: `KakaoAK ${simulator.adminKey}`, ...headers };
  const response = method === "GET"
    ? await fetch(`${simulator.url}${path}?${form}`, { headers: all })
    : await fetch(`${simulator.url}${path}`, { method, headers: all, body: form });
  return readAnswer(response);
}

/** The same with a JSON body, as the customer-file API takes it. */
export async function askJson(simulator: Simulator, path: string, body: unknown): Promise<Asked> {
  const headers = { authorization: `KakaoAK ${simulator.adminKey}`, "content-type": "application/json" };
  return readAnswer(await fetch(`${simulator.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function readAnswer(response: Response): Promise<Asked> {
  const text = await response.text();
  const parsed: unknown = text === "" ? {} : JSON.parse(text.replace(/([:[,])(\d{16,19})(?=[,\]}])/g, '$1"$2"'));
  return { status: response.status, text, json: Object.fromEntries(Object.entries(parsed ?? {})) };
}

/** The parameters that name one user. */
export function target(id: string): Record<string, string> {
  return { target_id_type: "user_id", target_id: id };
}

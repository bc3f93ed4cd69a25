import type { FieldValue, TargetIdType } from "./targets.ts";

/** Whose names the columns bear: the partner centre's own sample, or the API's (kakao-api.md 8.1, 8.5). */
export const HEADER_SETS = ["centre-2025", "api"] as const;
export type HeaderSet = (typeof HEADER_SETS)[number];

/** The column that names people, in the partner centre's words (kakao-api.md 8.5). */
const ID_COLUMNS: Readonly<Record<TargetIdType, string>> = { app: "앱유저아이디", phone: "전화번호" };

/** The sample's columns behind the identifier, in its order. */
const sample = ["이름", "생년월일", "지역", "성별", "연령", "구매금액", "포인트", "멤버십등급", "가입일", "최근구매일", "응모일"];

/** The one name that the sample and the API spell differently. */
const lastPurchase: Readonly<Record<HeaderSet, string>> = { "centre-2025": "최근구매일", api: "최근 구매일" };

/** The columns of a customer file. */
export interface TargetHeader {
  /** The identifier's first. */
  readonly names: readonly string[];
  /** For each further column: which of the configured fields it holds. */
  readonly order: readonly number[];
}

/** Why there can be no such header: two fields come out under one name, or one bears the name of an identifier. */
export interface HeaderProblem {
  readonly problem: "twice" | "identifier";
  readonly name: string;
}

/** The identifier and the configured fields, nothing else: those of the sample in its order, all others behind them as configured; under `api` all as configured. */
export function arrangeHeader(set: HeaderSet, idType: TargetIdType, fields: readonly string[]): TargetHeader | HeaderProblem {
  const spelled = fields.map((name) => (Object.values(lastPurchase).includes(name) ? lastPurchase[set] : name));
  const identifier = spelled.find((name) => Object.values(ID_COLUMNS).includes(name));
  if (identifier !== undefined) return { problem: "identifier", name: identifier };
  const twice = spelled.find((name, at) => spelled.indexOf(name) !== at);
  if (twice !== undefined) return { problem: "twice", name: twice };
  const place = (name: string): number => (set === "api" || !sample.includes(name) ? sample.length : sample.indexOf(name));
  const columns = spelled.map((name, at) => ({ name, at })).sort((left, right) => place(left.name) - place(right.name) || left.at - right.at);
  return { names: [ID_COLUMNS[idType], ...columns.map(({ name }) => name)], order: columns.map(({ at }) => at) };
}

/** A row's cells in the order of the header. */
export function arrangeCells(header: TargetHeader, idType: TargetIdType, { id, fields }: { readonly id: bigint; readonly fields: readonly FieldValue[] }): FieldValue[] {
  const cells: FieldValue[] = [renderTargetId(idType, id)];
  for (const at of header.order) cells.push(fields[at] ?? null);
  return cells;
}

/** An identifier as the partner centre takes it: a Kakao id as it is, 821012345678 as `01012345678`. */
export function renderTargetId(idType: TargetIdType, id: bigint): string {
  const digits = id.toString();
  return idType === "app" ? digits : `0${digits.slice(countryCode.length)}`;
}

/** A domestic number in comparable form (`01012345678`) as the identifier 821012345678; null for a foreign one. */
export function readPhoneId(comparable: string): bigint | null {
  return comparable.startsWith("0") ? BigInt(countryCode + comparable.slice(1)) : null;
}

const countryCode = "82";

import { z } from "zod";

/**
 * The configuration as people write it (product.md section 4), before defaults and cross-field rules. The `error` of each leaf
 * says what to write instead; `problems.ts` puts place and line before it. No transforms here: the JSON schema is made from this.
 */

const text = (instead: string) => z.string({ error: instead }).min(1, { error: instead });
const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, { error: `write ${words.join(" or ")}` });
const truth = z.boolean({ error: "write true or false" });
const wholeNumber = (instead: string) => z.int({ error: instead }).min(0, { error: instead });

const name = (what: string) => text(`write the name of ${what}`);
const columnName = name("a column");
const tableName = name("a table");

const conditionText = (instead: string) => text(instead).regex(/[^;\s]\s*$/, { error: "write the condition without a semicolon at its end" });
const condition = conditionText(`write an SQL condition in quotes, like "status = 'left'"`);

const commandInstead = "write a command as a list, like [node, ./decrypt.js]";
const columnObject = z.strictObject({
  column: columnName.optional(),
  sql: text("write an SQL expression in quotes").optional(),
  stored: oneOf("sha256-hex", "sha256-base64", "sha512-hex", "sha512-base64", "hmac-sha256-hex", "hmac-sha256-base64").optional(),
  of: oneOf("as-is", "digits", "hyphens", "e164", "lower").optional(),
  keyFile: text("write the path of the HMAC's key file").optional(),
  decrypt: z.array(text("write a word of the command"), { error: commandInstead }).min(1, { error: commandInstead }).optional(),
});
const columnInstead = `write the name of a column, or { sql: "…" }`;
const column = z.union([text(columnInstead), columnObject], { error: columnInstead });

const literalInstead = "write a text, a number or null; whole numbers above 2^53 as texts in quotes";
const isExactNumber = (number: number): boolean => !Number.isInteger(number) || Number.isSafeInteger(number);
const literal = z.union([z.string(), z.number().refine(isExactNumber, { error: literalInstead }), z.null()], { error: literalInstead });
const literals = z.record(z.string(), literal);

const keyColumns = {
  ci: column.optional(),
  phone: column.optional(),
  email: column.optional(),
  name: column.optional(),
  birthdate: column.optional().describe("YYYYMMDD, YYYY-MM-DD or a date"),
  phoneVerifiedAt: column.optional(),
  phoneVerified: oneOf("always").optional().describe("always: every number was verified at sign-up"),
  emailVerifiedAt: column.optional(),
  emailVerified: oneOf("always").optional().describe("always: every address was verified at sign-up"),
  lastLoginAt: column.optional(),
};

const url = text("write where the database is, like sqlite:./members.db");

const database = z.strictObject({
  url,
  readUrl: text("write where the replica is").optional().describe("a replica, used for planning only"),
  timeZone: text("write a time zone like Asia/Seoul").default("Asia/Seoul").describe("of columns without a zone"),
  session: z.record(z.string(), text("write a text")).default({}).describe("parameters set on each connection"),
});

const whereInstead = `write the condition of live members in quotes, like "status = 'active'", or all`;
const also = z.strictObject({ table: tableName, id: columnName, ...keyColumns, kakaoId: columnName.optional() });
const alsoInstead = "write a list of tables, like [{ table: members_dormant, id: id }]";
const pending = z.strictObject({ table: tableName, kakaoId: columnName });
const pendingInstead = "write a list of tables, like [{ table: signup_pending, kakaoId: kakao_id }]";

const members = z.strictObject({
  table: tableName,
  id: columnName,
  ...keyColumns,
  where: conditionText(whereInstead).describe("which rows are live; all: every row is"),
  withdrawn: condition.optional().describe("which members have left; without it nobody counts as withdrawn"),
  blocked: condition.optional().describe("which not-live members are never linked"),
  otherLogin: condition.optional().describe("who can still sign in without Kakao"),
  protected: condition.optional().describe("staff, sellers: never linked by phone or e-mail"),
  also: z.array(also, { error: alsoInstead }).default([]).describe("further tables of members, never live"),
  pending: z.array(pending, { error: pendingInstead }).default([]).describe("people signing up just now"),
});

const link = z.strictObject({
  column: columnName.optional().describe("a column of the member table"),
  table: tableName.optional().describe("a table with a row per link"),
  memberId: columnName.optional(),
  kakaoId: columnName.optional(),
  fixed: literals.optional().describe("filters reading and is written"),
  where: condition.optional(),
  set: literals.optional().describe("further columns to fill: now, uuid or a literal"),
  cleared: literals.optional().describe("how a link is taken away softly"),
});

const place = z.strictObject({
  name: name("the place"),
  url,
  members: z.strictObject({ table: tableName, id: columnName.optional() }).optional(),
  link,
});

const appIdInstead = "write the app's number from the Kakao developers console";
const kakao = z.strictObject({
  appId: z.union([z.string().regex(/^[1-9]\d*$/, { error: appIdInstead }), z.int().positive({ error: appIdInstead })], { error: appIdInstead }),
  adminKey: text("write ${KAKAO_ADMIN_KEY} and set that environment variable").optional(),
  adminKeyFile: text("write the path of a file that holds the key").optional(),
  baseUrl: text("write https://kapi.kakao.com").default("https://kapi.kakao.com"),
  app: z.strictObject({ fixedIds: truth.optional(), autoLink: truth.optional() }).default({}).describe("two settings of the console; required for unlink-orphans"),
});

const trust = oneOf("corroborated", "alone", "review");
const keyList = z.array(oneOf("ci", "phone", "email"), { error: "write a list, like [ci, phone, email]" });

const matching = z.strictObject({
  keys: keyList.min(1, { error: "write at least one of ci, phone, email" }).optional().describe("which keys; the order is always CI, phone, e-mail"),
  phone: trust.default("corroborated"),
  email: trust.default("corroborated"),
  corroborators: z.array(oneOf("name", "birthdate", "email", "recentlyVerified"), { error: "write a list, like [name, birthdate]" }).optional(),
  dormant: oneOf("review", "link").default("review").describe("may a not-live member be linked"),
  placeholders: z.array(text("write a value in quotes"), { error: "write a list of values" }).default([]).describe("further values that identify nobody"),
  syntheticEmails: z
    .array(text("write a pattern in quotes"), { error: `write a list of patterns, like ["*@kakao.invalid"]` })
    .default([])
    .describe("addresses that sign-ups made up: * stands for anything, or /a regular expression/"),
});

/** Each of YYYY, MM and DD at most once, with - . / or nothing between. */
const dateFormat = /^(?!.*(?:YYYY.*YYYY|MM.*MM|DD.*DD))(?:YYYY|MM|DD)(?:[-./]?(?:YYYY|MM|DD))*$/;
const formatInstead = "write a date format of YYYY, MM and DD, like YYYYMMDD or YYYY-MM-DD";
const channelField = z.union(
  [
    text(columnInstead),
    z.strictObject({ column, format: text(formatInstead).regex(dateFormat, { error: formatInstead }).optional().describe("of a date"), type: oneOf("string", "number").default("string") }),
  ],
  { error: "write the name of a column, or { column: …, type: number }" },
);

const channel = z.strictObject({
  publicId: text("write the channel's public id, like _Abcd"),
  idType: oneOf("app", "phone"),
  segments: z.record(z.string(), condition).default({}).describe("SQL conditions by the name that --segment takes"),
  ageUnknown: oneOf("leave-out", "export").default("leave-out").describe("members whose birth date is empty or unreadable"),
  unconfirmed: z
    .strictObject({ phoneAs: oneOf("82", "010").default("82"), removeAs: oneOf("ids", "objects").default("ids") })
    .prefault({})
    .describe("what Kakao's documents leave open: how numbers are sent, how removed users are listed"),
  marketing: z.strictObject({
    table: tableName.optional().describe("a table of consents with a row per member; without it the columns are of members.table"),
    memberId: columnName.optional(),
    where: condition.optional(),
    agreed: column,
    agreedAt: column,
    reconfirmedAt: column.optional(),
    night: column.optional(),
  }),
  fields: z.record(z.string(), channelField).default({}),
});

const shareInstead = "write a share between 0 and 1, like 0.05";
const share = z.number({ error: shareInstead }).min(0, { error: shareInstead }).max(1, { error: shareInstead });
const count = wholeNumber("write a whole number, 0 or more");
const pace = (most: number) => {
  const instead = `write a whole number from 1 to ${String(most)}`;
  return z.int({ error: instead }).min(1, { error: instead }).max(most, { error: instead });
};
const brake = (shareDefault: number, countDefault: number) => ({ share: share.default(shareDefault), count: count.default(countDefault) });

const lagInstead = "write a time in seconds or minutes, like 10s or 2m";
const replica = z.strictObject({
  url: text("write where the replica is").optional().describe("without it that of database.readUrl"),
  maxLag: z.string({ error: lagInstead }).regex(/^[1-9]\d{0,3}[sm]$/, { error: lagInstead }).default("10s"),
});

const limits = z.strictObject({
  requestsPerSecond: pace(100).default(10),
  listingPerMinute: pace(100).default(90).describe("of Kakao's 100"),
  monthlyShare: share.default(0.2).describe("of Kakao's 3,000,000 calls, all commands together"),
  link: z.strictObject(brake(0.01, 1000)).prefault({}),
  unlink: z.strictObject({ ...brake(0.05, 500), nightly: count.default(500) }).prefault({}),
  clear: z.strictObject(brake(0.01, 500)).prefault({}),
  rowsPerSecond: count.default(0).describe("writes to the database; 0: as fast as it goes"),
  replica: replica.optional().describe("writes to the database wait while this replica is further behind"),
  approvals: z.strictObject({ unlink: count.default(0), link: count.default(0) }).prefault({}),
});

const durationInstead = "write a duration in hours, days, weeks or years, like 72h, 7d, 2w or 2y";
const duration = z.string({ error: durationInstead }).regex(/^[1-9]\d{0,4}[hdwy]$/, { error: durationInstead });

export const rawSchema = z.strictObject({
  environment: oneOf("production", "rehearsal").default("production").describe("rehearsal: no change at Kakao's real host, whatever the flags"),
  database,
  members,
  link,
  alsoLinkedIn: z.array(place, { error: "write a list of places" }).default([]).describe("further places whose Kakao ids are in use"),
  kakao,
  matching: matching.prefault({}),
  consent: text("write the path of the consent file").default("./kakao-sync.consent.yaml"),
  channel: channel.optional(),
  limits: limits.prefault({}),
  approvers: z.record(z.string(), text("write the public key that `kakao-sync approve --init --as NAME` printed")).default({}).describe("who may approve plans: name to public key"),
  retention: z.strictObject({ snapshot: duration.default("7d"), undo: duration.default("90d"), record: duration.default("2y") }).prefault({}),
});

/** What the schema makes of a file: shapes checked and simple defaults filled in, the rules between fields not yet asked. */
export type RawConfig = z.output<typeof rawSchema>;
export type RawColumn = z.output<typeof column>;
export type RawKeyColumns = { readonly [K in keyof typeof keyColumns]?: z.output<(typeof keyColumns)[K]> };

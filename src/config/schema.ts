import { z } from "zod";
import { writeOneOf } from "./problems.ts";

/**
 * The configuration as people write it (product.md section 4), before defaults and cross-field rules. The `error` of each leaf
 * says what to write instead; `problems.ts` translates it and puts place and line before it. `describe`, in English, is what docs/configuration.md and editors say of a key, `title` in `meta` the word
 * for its type (`scripts/write-reference.mjs`). No transforms here: the JSON schema is made from this.
 */

const text = (instead: string) => z.string({ error: instead }).min(1, { error: instead });
const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, { error: () => writeOneOf(words) });
const truth = z.boolean({ error: "write true or false" });
const wholeNumber = (instead: string) => z.int({ error: instead }).min(0, { error: instead });

const columnName = text("write the name of a column").meta({ title: "column name" });
const tableName = text("write the name of a table").meta({ title: "table" });

const conditionText = (instead: string) => text(instead).regex(/[^;\s]\s*$/, { error: "write the condition without a semicolon at its end" }).meta({ title: "SQL condition" });
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
const column = z.union([text(columnInstead), columnObject], { error: columnInstead }).meta({ title: "column" });

const literalInstead = "write a text, a number or null; whole numbers above 2^53 as texts in quotes";
const isExactNumber = (number: number): boolean => !Number.isInteger(number) || Number.isSafeInteger(number);
const literal = z.union([z.string(), z.number().refine(isExactNumber, { error: literalInstead }), z.null()], { error: literalInstead });
const literals = z.record(z.string(), literal).meta({ title: "map" });

const keyColumns = {
  ci: column.optional().describe("connecting information; at least one of `ci`, `phone`, `email` is needed"),
  phone: column.optional().describe("phone number"),
  email: column.optional().describe("e-mail address"),
  name: column.optional().describe("corroborates only"),
  birthdate: column.optional().describe("`YYYYMMDD`, `YYYY-MM-DD` or a date; corroborates only"),
  phoneVerifiedAt: column.optional().describe("when your service verified the number. A **time**: a boolean column never counts as verified"),
  phoneVerified: oneOf("always").optional().describe("instead of the column, if every number was verified at sign-up. Holds for the tables of `also` as well"),
  emailVerifiedAt: column.optional().describe("as for phones"),
  emailVerified: oneOf("always").optional().describe("as for phones"),
  lastLoginAt: column.optional().describe("for \"used since\" of `undo`"),
};

const url = text("write where the database is, like sqlite:./members.db").meta({ title: "URL" });

const database = z.strictObject({
  url: url.describe(
    "`sqlite:./members.db` or `sqlite:/srv/shop/members.db`. The file must exist. `postgres://user:password@host:5432/database`: see [PostgreSQL](#postgresql). `mysql://user:password@host:3306/database` or `mariadb://…`: see [MySQL and MariaDB](#mysql-and-mariadb). `csv:./members.csv` or `csv:./dump/`: for plans only, see [CSV dumps](#csv-dumps)",
  ),
  readUrl: text("write where the replica is")
    .meta({ title: "URL" })
    .optional()
    .describe("a replica of the same server, for planning; last looks, writes, reading back and files of `export-channel-targets` ask `url`. Refused where it is another database of the same server, and where a member table has less than 90 % of the rows that it has at the other address"),
  timeZone: text("write a time zone like Asia/Seoul").meta({ title: "time zone" }).default("Asia/Seoul").describe("of columns without a zone, and of `link.set` with `now`"),
  session: z
    .record(z.string(), text("write a text"))
    .meta({ title: "map of texts" })
    .default({})
    .describe("parameters set for every transaction, like `app.key` or `statement_timeout`. Values are never shown. In MySQL, `sql_mode` chooses modes, but strict mode stays on"),
});

const whereInstead = `write the condition of live members in quotes, like "status = 'active'", or all`;
const also = z.strictObject({ table: tableName, id: columnName, ...keyColumns, kakaoId: columnName.optional() });
const alsoInstead = "write a list of tables, like [{ table: members_dormant, id: id }]";
const pending = z.strictObject({ table: tableName, kakaoId: columnName });
const pendingInstead = "write a list of tables, like [{ table: signup_pending, kakaoId: kakao_id }]";

const members = z.strictObject({
  table: tableName.describe("`members`, or `schema.members`"),
  id: columnName.describe("unique, never NULL, integer or text; no id in two tables"),
  ...keyColumns,
  where: conditionText(whereInstead).meta({ title: "SQL condition, or `all`" }).describe("which rows are live; `all`: every row is"),
  withdrawn: condition.optional().describe("who has left for good. Without it nobody counts as withdrawn"),
  blocked: condition.optional().describe("who is never linked"),
  protected: condition.optional().describe("staff, sellers: never linked by phone or e-mail"),
  otherLogin: condition.optional().describe("who can still sign in without Kakao: only their gone links are cleared ([U9](rules-unlinking.md#u9-gone-links))"),
  also: z.array(also, { error: alsoInstead }).meta({ title: "list" }).default([]).describe("further tables of members, never live"),
  pending: z.array(pending, { error: pendingInstead }).meta({ title: "list of `{ table, kakaoId }`" }).default([]).describe("people signing up just now: never unlinked"),
});

const link = z.strictObject({
  column: columnName.optional().describe("a column of `members.table` declared `INTEGER`, `BIGINT` or `TEXT`. May be missing while you only plan. This or `table` is needed"),
  table: tableName.optional().describe("instead of `column`: a table with a row per link"),
  memberId: columnName.optional().describe("of a link table: its column of the member's id. Ids are compared as text, so that a number here and a text there are one id"),
  kakaoId: columnName.optional().describe("of a link table: its column of the Kakao id"),
  fixed: literals.optional().describe("of a link table: values that a row must have to count as a link, and that are written into a new one; null stands for NULL"),
  where: condition.optional().describe("of a link table: what else a row must fulfil to count, like `deleted_at is null`"),
  set: literals.optional().describe("further columns to fill when a link is written: `now`, `uuid`, a text, a number or null. `undo` restores them. In a row of a link table that is there already only those that are NULL are filled"),
  cleared: literals.optional().describe("of a link table: what is written into a row to take its link away. Without it the row is deleted (and kept in the journal)"),
});

const place = z.strictObject({
  name: text("write the name of the place").describe("a name of its own"),
  url: url.describe("any engine; may be the same database"),
  members: z.strictObject({ table: tableName, id: columnName.optional() }).meta({ title: "`{ table, id }`" }).optional().describe("names the table when `link.column` is used"),
  link: link.meta({ title: "map" }).describe("`{ table: accounts, kakaoId: kakao_id }`, with `fixed` (only rows with these values) and `where`; or `{ column: kakao_id }` with `members.table`"),
});

const appIdInstead = "write the app's number from the Kakao developers console";
const kakao = z.strictObject({
  appId: z
    .union([z.string().regex(/^[1-9]\d*$/, { error: appIdInstead }), z.int({ error: appIdInstead }).positive({ error: appIdInstead })], { error: appIdInstead })
    .meta({ title: "number" })
    .describe("the workspace is tied to it"),
  adminKey: text("write ${KAKAO_ADMIN_KEY} and set that environment variable").optional().describe("write `${KAKAO_ADMIN_KEY}`. The key itself in the file is a warning"),
  adminKeyFile: text("write the path of a file that holds the key").meta({ title: "path" }).optional().describe("instead of `adminKey`; read again after a -401"),
  baseUrl: text("write https://kapi.kakao.com")
    .meta({ title: "URL" })
    .default("https://kapi.kakao.com")
    .describe("https; plain http for 127.0.0.1, `[::1]` and localhost only, which makes it a sandbox"),
  app: z
    .strictObject({
      fixedIds: truth.optional().describe("a setting of the console (사용자 아이디 고정); part of a plan's digest. `unlink-orphans` needs it"),
      autoLink: truth.optional().describe("the same of 자동 연결"),
    })
    .default({}),
});

const trust = oneOf("corroborated", "alone", "review");
const keyList = z.array(oneOf("ci", "phone", "email"), { error: "write a list, like [ci, phone, email]" });

const matching = z.strictObject({
  keys: keyList
    .min(1, { error: "write at least one of ci, phone, email" })
    .optional()
    .describe("the order is always CI, phone, e-mail. By default those with a column. Without `ci` no hit is struck (see [rules](rules.md))"),
  phone: trust.default("corroborated").describe("what a link by phone needs (M8)"),
  email: trust.default("corroborated").describe("what a link by e-mail needs (M8)"),
  corroborators: z
    .array(oneOf("name", "birthdate", "email", "recentlyVerified"), { error: "write a list, like [name, birthdate]" })
    .optional()
    .describe("what may agree (M8); by default `name` and `birthdate`, where they have a column. `recentlyVerified`: in the last 90 days"),
  dormant: oneOf("review", "link").default("review").describe("may a not-live member be linked (M5)"),
  placeholders: z.array(text("write a value in quotes"), { error: "write a list of values" }).default([]).describe("further values that identify nobody"),
  syntheticEmails: z
    .array(text("write a pattern in quotes"), { error: `write a list of patterns, like ["*@kakao.invalid"]` })
    .default([])
    .describe('addresses that sign-ups made up: `"*@kakao.invalid"` over the whole address, or `"/^guest\\\\d+@/"`'),
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
  publicId: text("write the channel's public id, like _Abcd").describe("the channel's profile id: what stands behind `https://pf.kakao.com/` in its address. The `@` id by which people search for it is refused"),
  idType: oneOf("app", "phone").describe("what a customer file knows people by: the Kakao id, or `members.phone`, which may be encrypted but no digest"),
  marketing: z.strictObject({
    table: tableName.optional().describe("a table of consents with a row per member: the columns of the consents are then of that table. A member with several rows counts as having refused"),
    memberId: columnName.optional().describe("of that table: its column of the member's id. Ids are compared as text, whatever the types"),
    where: condition.optional().describe("which rows of that table count"),
    agreed: column.describe("the consent to advertising"),
    agreedAt: column.describe("when it was given"),
    reconfirmedAt: column.optional().describe("when the consent was last reconfirmed (the notice that is due every two years)"),
    night: column.optional().describe("the consent to advertising between 21:00 and 08:00"),
  }),
  segments: z.record(z.string(), condition).meta({ title: "map of SQL conditions" }).default({}).describe("over the member table, by the name that `--segment` takes. Names are of letters, digits, `-` and `_`"),
  ageUnknown: oneOf("leave-out", "export").default("leave-out").describe("members whose birth date is empty or unreadable, where `members.birthdate` is configured"),
  unconfirmed: z
    .strictObject({
      phoneAs: oneOf("82", "010").default("82").describe("how numbers are sent; what Kakao's documents leave open"),
      removeAs: oneOf("ids", "objects").default("ids").describe("how removed users are listed; what Kakao's documents leave open"),
    })
    .prefault({}),
  fields: z
    .record(z.string(), channelField)
    .meta({ title: "map of columns" })
    .default({})
    .describe("at most 30 values of the member table beside the identifier: a column or `{ column, format, type }`. `type` is `string` (the default) or `number`; `format` is of a date: `YYYY`, `MM` and `DD` with `-`, `.`, `/` or nothing between"),
});

const shareInstead = "write a share between 0 and 1, like 0.05";
const share = z.number({ error: shareInstead }).min(0, { error: shareInstead }).max(1, { error: shareInstead });
const count = wholeNumber("write a whole number, 0 or more");
const paceInstead = "write a whole number from 1 to 100";
const pace = z.int({ error: paceInstead }).min(1, { error: paceInstead }).max(100, { error: paceInstead });

const lagInstead = "write a time in seconds or minutes, like 10s or 2m";
const replica = z.strictObject({
  url: text("write where the replica is")
    .meta({ title: "URL" })
    .optional()
    .describe("a replica of the server of `database.url` that must not fall behind, PostgreSQL or MySQL; by default that of `database.readUrl`. Without `limits.replica` nobody waits"),
  maxLag: z
    .string({ error: lagInstead })
    .regex(/^[1-9]\d{0,3}[sm]$/, { error: lagInstead })
    .default("10s")
    .describe("while the replica is further behind, or stands still, `map-members`, `undo` and `--clear-gone` write nothing and wait"),
});

const limits = z.strictObject({
  requestsPerSecond: pace.default(10).describe("calls other than the listing"),
  listingPerMinute: pace.default(90).describe("of the 100 that Kakao allows an app"),
  monthlyShare: share.default(0.2).describe("of Kakao's 3,000,000 calls a month, as counted in this workspace; a pull whose forecast goes beyond is refused"),
  link: z
    .strictObject({
      share: share.default(0.01).describe("brake on links after the first applied run (M13): a share of the live members. The lower of this and `count` counts"),
      count: count.default(1000).describe("brake on links after the first applied run (M13): a number"),
    })
    .prefault({}),
  unlink: z
    .strictObject({
      share: share.default(0.05).describe("brake on unlinks ([U4](rules-unlinking.md#u4-brakes)): a share of Kakao's listing. The lower of this and `count` counts"),
      count: count.default(500).describe("brake on unlinks ([U4](rules-unlinking.md#u4-brakes)): a number"),
      nightly: count.default(500).describe("without a terminal at most so many unlinks; the rest waits"),
    })
    .prefault({}),
  clear: z
    .strictObject({
      share: share.default(0.01).describe("brake on cleared links: a share of the stored links. The lower of this and `count` counts"),
      count: count.default(500).describe("brake on cleared links: a number"),
    })
    .prefault({}),
  rowsPerSecond: count.default(0).describe("writes of apply and undo; 0 is as fast as it goes. Kept on average: a batch of up to 5,000 rows is written in one go, and the next one waits"),
  replica: replica.optional(),
  approvals: z
    .strictObject({
      unlink: count
        .default(0)
        .describe("how many other people must sign a plan (`approve`) before it may be applied; at most as many as there are approvers. Uploads of customer files need none"),
      link: count.default(0).describe("the same for links"),
    })
    .prefault({}),
});

const durationInstead = "write a duration in hours, days, weeks or years, like 72h, 7d, 2w or 2y";
const duration = z.string({ error: durationInstead }).regex(/^[1-9]\d{0,4}[hdwy]$/, { error: durationInstead }).meta({ title: "duration" });

export const rawSchema = z.strictObject({
  environment: oneOf("production", "rehearsal").default("production").describe("part of a plan's digest. With `rehearsal` nobody is unlinked but at a simulated Kakao on this machine, whatever the flags"),
  database,
  members,
  link,
  alsoLinkedIn: z.array(place, { error: "write a list of places" }).default([]),
  kakao,
  matching: matching.prefault({}),
  consent: text("write the path of the consent file").meta({ title: "path" }).default("./kakao-sync.consent.yaml").describe("the consent record that `audit-consent` reads"),
  channel: channel.optional(),
  limits: limits.prefault({}),
  approvers: z
    .record(z.string(), text("write the public key that `kakao-sync approve --init --as NAME` printed"))
    .meta({ title: "map of names to public keys" })
    .default({})
    .describe("who may approve plans"),
  retention: z
    .strictObject({
      snapshot: duration.default("7d").describe("details older than this are read again by the next pull; `purge` destroys snapshots older than this. CIs and details of linked users go sooner: when the run that used them is applied or has expired, and once wiped they do not come back ([decision 0015](decisions/0015-wiping.md))"),
      undo: duration.default("90d").describe("`purge` keeps applied runs, and with them their undo, at least this long"),
      record: duration.default("2y").describe("how long you mean to keep the record: for people alone, no command goes by it. No command ever destroys the record or a part of it; it goes with the folder of the workspace"),
    })
    .prefault({}),
});

/** What the schema makes of a file: shapes checked and simple defaults filled in, the rules between fields not yet asked. */
export type RawConfig = z.output<typeof rawSchema>;
export type RawColumn = z.output<typeof column>;
export type RawKeyColumns = { readonly [K in keyof typeof keyColumns]?: z.output<(typeof keyColumns)[K]> };

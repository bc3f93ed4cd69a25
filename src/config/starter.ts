import { isMap, parseDocument } from "yaml";

/** A value's column or expression, with what is known of it. */
export interface StarterColumn {
  readonly from: string | { readonly sql: string };
  /** Written behind it. */
  readonly note?: string;
}

type ColumnRole = (typeof columnRoles)[number];
type ConditionRole = (typeof conditionRoles)[number]["key"];

/** Values of columns that a written link fills. */
type StarterSet = Readonly<Record<string, "now" | "uuid" | { readonly literal: string }>>;

export type StarterLink =
  | { readonly kind: "column"; readonly column: string; readonly note?: string }
  | { readonly kind: "table"; readonly table: string; readonly memberId: string; readonly kakaoId: string; readonly fixed: Readonly<Record<string, string>>; readonly set: StarterSet; readonly note?: string };

interface StarterChannel {
  /** Without one, or without a column of consent and its time, the section is written as comments. */
  readonly publicId?: string;
  readonly agreed?: string;
  readonly agreedAt?: string;
  readonly night?: string;
  readonly joinedAt?: string;
}

/** What is known when a configuration is begun. What is left out is written as a commented line. */
export interface StarterAnswers {
  readonly environment: "production" | "rehearsal";
  readonly databaseUrl?: string;
  readonly table?: string;
  readonly id?: string;
  readonly columns: Readonly<Partial<Record<ColumnRole, StarterColumn>>>;
  /** Why a column was left out, behind its commented line. */
  readonly leftOut?: Readonly<Partial<Record<ColumnRole, string>>>;
  readonly phoneVerified?: boolean;
  readonly emailVerified?: boolean;
  /** SQL conditions; `where` may be `all`. */
  readonly conditions: Readonly<Partial<Record<ConditionRole, string>>>;
  /** Conditions that nobody has confirmed: written as comments. */
  readonly proposed?: Readonly<Partial<Record<ConditionRole, string>>>;
  /** Further tables of members, written as comments: nobody has confirmed that they are. */
  readonly also?: readonly { readonly table: string; readonly id: string; readonly columns: Readonly<Record<string, string>> }[];
  readonly link?: StarterLink;
  readonly channel?: StarterChannel;
  readonly appId?: string;
  readonly baseUrl?: string;
}

const columnRoles = ["ci", "phone", "email", "name", "birthdate", "phoneVerifiedAt", "emailVerifiedAt", "lastLoginAt"] as const;

const conditionRoles = [
  { key: "where", example: "status = 'active'", says: "which members are live; all: every row is" },
  { key: "withdrawn", example: "status = 'left'", says: "who has left for good; without it nobody counts as withdrawn" },
  { key: "blocked", example: "status = 'blocked'", says: "not-live members who are never linked" },
  { key: "protected", example: "role <> 'customer'", says: "staff, sellers: never linked by phone or e-mail" },
  { key: "otherLogin", example: "password_hash is not null", says: "who can still sign in without Kakao" },
] as const;

/** A commented configuration file; `loadConfig` accepts it where nothing required was left out. It holds no admin key: that stays in the environment. */
export function renderStarterConfig(answers: StarterAnswers): string {
  const { environment, databaseUrl, appId, baseUrl } = answers;
  const lines = [
    "# kakao-sync configuration. ${NAME} is an environment variable; a .env file beside this file is read.",
    "# Look whether it fits with `kakao-sync doctor`. All keys: docs/configuration.md",
    `environment: ${environment}   # rehearsal: no change at Kakao's real host, whatever the flags`,
    "",
    "database:",
    databaseUrl === undefined ? "  # url: sqlite:./members.db   # or postgres://…  mysql://…  csv:./members.csv (plans only)" : `  url: ${quote(databaseUrl)}`,
    "  timeZone: Asia/Seoul   # of columns without a zone",
    "",
    ...renderMembers(answers),
    "",
    ...renderLink(answers.link),
    "",
    "kakao:",
    `  ${appId === undefined ? "# appId: 424242" : `appId: ${appId}`}   # App > App keys in the Kakao developers console`,
    "  adminKey: ${KAKAO_ADMIN_KEY}   # or adminKeyFile: ./secret; never the key itself",
    ...(baseUrl === undefined ? [] : [`  baseUrl: ${quote(baseUrl)}   # plain http only for loopback addresses`]),
    "  # app: { fixedIds: true, autoLink: true }   # as set in the console; required for unlink-orphans",
    "",
    "matching:",
    "  phone: corroborated    # corroborated | alone | review",
    "  email: corroborated",
    "  dormant: review        # review | link: may a not-live member be linked",
    "",
    ...renderChannel(answers.channel),
    "",
  ];
  return lines.join("\n");
}

function renderMembers(answers: StarterAnswers): string[] {
  const { table, id, columns, leftOut = {}, conditions, proposed = {}, also = [] } = answers;
  return [
    "members:",
    `  ${table === undefined ? "# table: members" : `table: ${quote(table)}`}`,
    `  ${id === undefined ? "# id: id   # a column that is unique and never empty" : `id: ${quote(id)}`}`,
    "  # At least one of ci, phone, email. A number or address links nobody unless your",
    "  # service has verified it: name the column of the time, or write always.",
    ...columnRoles.flatMap((role) => renderColumn(role, columns[role], leftOut[role])),
    ...renderAlways("phone", answers),
    ...renderAlways("email", answers),
    ...(conditions.where === undefined ? whereWarning : []),
    ...conditionRoles.map(({ key, example, says }) => {
      const [decided, guess] = [conditions[key], proposed[key]];
      if (decided !== undefined) return `  ${key}: ${quote(decided)}   # ${says}`;
      return `  # ${key}: ${quote(guess ?? example)}   # ${guess === undefined ? says : `a guess: ${says}`}`;
    }),
    ...(also.length === 0 ? ["  # also: [{ table: members_dormant, id: id, phone: phone }]   # further tables of members, never live"] : ["  # also:   # these look like members who are not live; if so, remove the # here and below"]),
    ...also.map((one) => `  #   - ${renderFlow({ table: one.table, id: one.id, ...one.columns })}`),
  ];
}

const whereWarning = [
  "  # TO BE COMPLETED: which rows are live. Whoever fulfils it can be linked; whoever does not",
  "  # counts as not live. If members who have left fulfil it, a Kakao user may get the account of",
  "  # somebody who is gone. Look at the condition, correct it, and remove the # before it.",
];

function renderColumn(role: ColumnRole, column: StarterColumn | undefined, why: string | undefined): string[] {
  if (column === undefined) return [`  # ${role}: …${why === undefined ? "" : `   # ${why}`}`];
  const note = column.note === undefined ? "" : `   # ${column.note}`;
  return [`  ${role}: ${typeof column.from === "string" ? quote(column.from) : `{ sql: ${JSON.stringify(column.from.sql)} }`}${note}`];
}

function renderAlways(key: "phone" | "email", { columns, ...answers }: StarterAnswers): string[] {
  if (columns[key] === undefined || columns[`${key}VerifiedAt`] !== undefined) return [];
  return [answers[`${key}Verified`] === true ? `  ${key}Verified: always   # every ${words[key]} was verified at sign-up` : `  # ${key}Verified: always   # if every ${words[key]} was verified at sign-up; else finds by ${key} go to review`];
}

const words = { phone: "number", email: "address" } as const;

function renderLink(link: StarterLink | undefined): string[] {
  if (link === undefined) return ["# TO BE COMPLETED: where a member's Kakao id is stored.", "# link:", "#   column: kakao_id   # or table:, memberId: and kakaoId: of a table with a row per link"];
  const note = link.note === undefined ? "" : `   # ${link.note}`;
  if (link.kind === "column") return ["link:", `  column: ${quote(link.column)}${note === "" ? "   # where a member's Kakao id is stored" : note}`];
  const set = Object.fromEntries(Object.entries(link.set).map(([column, value]) => [column, typeof value === "string" ? value : value.literal]));
  return [
    "link:",
    `  table: ${quote(link.table)}${note === "" ? "   # a row per link" : note}`,
    `  memberId: ${quote(link.memberId)}`,
    `  kakaoId: ${quote(link.kakaoId)}`,
    ...(Object.keys(link.fixed).length === 0 ? [] : [`  fixed: ${renderFlow(link.fixed)}   # filters reading and is written`]),
    ...(Object.keys(set).length === 0 ? [] : [`  set: ${renderFlow(set)}   # further columns that a new row needs`]),
    "  # cleared: { deleted_at: now }   # how a link is taken away softly; without it the row is deleted",
  ];
}

function renderChannel({ publicId, agreed, agreedAt, night, joinedAt }: StarterChannel = {}): string[] {
  const isWhole = publicId !== undefined && agreed !== undefined && agreedAt !== undefined;
  const marketing = { agreed: agreed ?? "marketing_agreed", agreedAt: agreedAt ?? "marketing_agreed_at", ...(night === undefined ? {} : { night }) };
  const lines = [
    "channel:   # for export-channel-targets: who may be written to",
    `  publicId: ${quote(publicId ?? "_Abcd")}   # of the Kakao Talk Channel`,
    "  idType: app            # app: by Kakao id | phone",
    `  marketing: ${renderFlow(marketing)}   # consent to advertising, and when`,
    ...(joinedAt === undefined ? [] : [`  fields: { 가입일: { column: ${renderFlowText(joinedAt)}, format: YYYYMMDD } }`]),
  ];
  return isWhole ? lines : lines.map((line) => `# ${line}`);
}

function renderFlow(map: Readonly<Record<string, string>>): string {
  return `{ ${Object.entries(map).map(([key, value]) => `${renderFlowText(key)}: ${renderFlowText(value)}`).join(", ")} }`;
}

/** Between braces commas and brackets mean something, too. */
function renderFlowText(text: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) ? quote(text) : JSON.stringify(text);
}

/** As it is where YAML reads the same text back, else in double quotes, as JSON writes them. */
function quote(text: string): string {
  const line = parseDocument(`key: ${text}`);
  const same = line.errors.length === 0 && isMap(line.contents) && line.get("key") === text;
  return same ? text : JSON.stringify(text);
}

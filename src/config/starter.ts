import { isMap, parseDocument } from "yaml";

/** What `init` asked for. Names of columns that the service does not have are left out. */
export interface StarterAnswers {
  readonly environment: "production" | "rehearsal";
  readonly databaseUrl: string;
  readonly table: string;
  readonly id: string;
  readonly ci?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly name?: string;
  readonly birthdate?: string;
  readonly phoneVerifiedAt?: string;
  readonly emailVerifiedAt?: string;
  readonly lastLoginAt?: string;
  /** An SQL condition, or `all`. */
  readonly where: string;
  readonly withdrawn?: string;
  readonly linkColumn: string;
  readonly appId: string;
  readonly baseUrl?: string;
}

/** A commented configuration file that `loadConfig` accepts. It holds no admin key: that stays in the environment. */
export function renderStarterConfig(answers: StarterAnswers): string {
  const { environment, databaseUrl, linkColumn, appId, baseUrl } = answers;
  const lines = [
    "# kakao-sync configuration. ${NAME} is an environment variable; a .env file beside this file is read.",
    "# Look whether it fits with `kakao-sync doctor`.",
    `environment: ${environment}   # rehearsal: no change at Kakao's real host, whatever the flags`,
    "",
    "database:",
    `  url: ${quote(databaseUrl)}`,
    "  timeZone: Asia/Seoul   # of columns without a zone",
    "",
    ...renderMembers(answers),
    "",
    "link:",
    `  column: ${quote(linkColumn)}   # where a member's Kakao id is stored`,
    "",
    "kakao:",
    `  appId: ${appId}   # App > App keys in the Kakao developers console`,
    "  adminKey: ${KAKAO_ADMIN_KEY}   # or adminKeyFile: ./secret; never the key itself",
    ...(baseUrl === undefined ? [] : [`  baseUrl: ${quote(baseUrl)}   # plain http only for loopback addresses`]),
    "  # app: { fixedIds: true, autoLink: true }   # as set in the console; required for unlink-orphans",
    "",
    "matching:",
    "  phone: corroborated    # corroborated | alone | review",
    "  email: corroborated",
    "  dormant: review        # review | link: may a not-live member be linked",
    "",
  ];
  return lines.join("\n");
}

function renderMembers(answers: StarterAnswers): string[] {
  const columns = (["ci", "phone", "email", "name", "birthdate", "phoneVerifiedAt", "emailVerifiedAt", "lastLoginAt"] as const).map((key) => {
    const column = answers[key];
    return column === undefined ? `  # ${key}: …` : `  ${key}: ${quote(column)}`;
  });
  return [
    "members:",
    `  table: ${quote(answers.table)}`,
    `  id: ${quote(answers.id)}`,
    "  # At least one of ci, phone, email. If every number or address was verified at sign-up, write",
    "  # phoneVerified: always or emailVerified: always instead of the time's column.",
    ...columns,
    `  where: ${quote(answers.where)}   # which members are live; all: every row is`,
    answers.withdrawn === undefined
      ? `  # withdrawn: "status = 'left'"   # without it nobody counts as withdrawn`
      : `  withdrawn: ${quote(answers.withdrawn)}   # who has left for good`,
    `  # blocked: "status = 'blocked'"   # not-live members who are never linked`,
    `  # protected: "role <> 'customer'"   # staff, sellers: never linked by phone or e-mail`,
    `  # otherLogin: "password_hash is not null"   # who can still sign in without Kakao`,
  ];
}

/** As it is where YAML reads the same text back, else in double quotes, as JSON writes them. */
function quote(text: string): string {
  const line = parseDocument(`key: ${text}`);
  const same = line.errors.length === 0 && isMap(line.contents) && line.get("key") === text;
  return same ? text : JSON.stringify(text);
}

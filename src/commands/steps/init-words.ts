import type { FrameworkName, FrameworkRemark } from "../../core/detect/frameworks.ts";
import type { ProposedLink } from "../../core/detect/links.ts";
import type { UnreadColumn } from "../../core/detect/member-columns.ts";
import type { Proposal } from "../../core/detect/propose.ts";
import { say, translate } from "../../say.ts";

export const frameworkNames: Readonly<Record<FrameworkName, string>> = { gnuboard: "Gnuboard 5", wordpress: "WordPress", "django-allauth": "Django with allauth", laravel: "Laravel", rails: "Rails with Devise", nextauth: "NextAuth (Auth.js)" };

/** What is known of a framework that no column says. */
const remarkWords: Readonly<Record<FrameworkRemark, string>> = {
  "gnuboard-dupinfo": "mb_dupinfo is no CI: it holds the DI, or an MD5 of the doubled CI, and neither can be compared with Kakao's. Keys are phone and e-mail.",
  "gnuboard-certified": "Numbers are known to be verified only where mb_certify says so. If your shop keeps g5_member_cert_history, members.phoneVerifiedAt can be an expression over it: { sql: \"(select max(h.ch_datetime) from g5_member_cert_history h where h.mb_id = g5_member.mb_id and h.ch_hp = g5_member.mb_hp)\" }",
  "wordpress-meta": "WordPress keeps nearly everything in wp_usermeta, a row a value. A value from there is an expression { sql: \"(select max(m.meta_value) from wp_usermeta m where m.user_id = wp_users.ID and m.meta_key = '…')\" }, or a view of yours with a column each. display_name is what a member chose, no name to compare.",
  "wordpress-no-link": "WordPress itself has no place for a Kakao id. Proposed is a new column of the user table: your log-in plugin must read it there, or you copy it to where the plugin looks.",
  "wordpress-states": "WordPress has no state of a member: who left is deleted. If a plugin keeps one in wp_usermeta, members.where must ask for it.",
  "allauth-emails": "account_emailaddress says which addresses were verified, but not when: only a time counts. If your site lets nobody in before that, write emailVerified: always.",
};

const roleWords = { ci: "CI", phone: "phone", email: "e-mail", name: "name", birthdate: "birth date", phoneVerifiedAt: "time of phone verification", emailVerifiedAt: "time of e-mail verification", lastLoginAt: "time of the last log-in" } as const;

/** Why a column that is named like a value was left out. */
export function explainUnread({ role, column, holds }: UnreadColumn): string {
  if (holds === "flag") return say`${column} is a yes or no; a time is needed`;
  if (holds === "digest") return say`${column} holds digests; write { column: ${column}, stored: sha256-hex, of: as-is } with what your application does`;
  return say`${column} does not hold a ${translate(roleWords[role])} as such; if it is encrypted, write { column: ${column}, decrypt: [node, ./decrypt.mjs] }`;
}

/** Where the links are, in a sentence. */
export function describeLink(link: ProposedLink, table: string): string {
  if (link.kind === "column") return link.isNew ? say`a new column ${table}.${link.column}: nothing here looks like Kakao ids` : say`the column ${table}.${link.column}`;
  if (link.kind === "table") {
    const fixed = Object.entries(link.fixed).map(([column, value]) => `${column} = '${value}'`);
    const columns = `${link.memberId}, ${link.kakaoId}${fixed.length === 0 ? "" : `; ${fixed.join(", ")}`}`;
    return link.isGuess ? say`the table ${link.table} (${columns}); no row there names Kakao yet, so that its spelling is a guess` : say`the table ${link.table} (${columns})`;
  }
  if (link.kind === "meta") return say`rows of ${link.table} with the key ${link.key}, among everything else`;
  return say`${table}.${link.provider} and ${table}.${link.providerId} hold the ids of several providers`;
}

/** What the operator has to know of the proposal beside its columns, a sentence each. */
export function listRemarks(proposal: Proposal): readonly string[] {
  const { link, consents, remarks, states, table } = proposal;
  const mixed = link.kind === "mixed" ? [say`The ids of several providers stand in one column, ${table}.${link.providerId}; it cannot be the link. Copy Kakao's into a column of their own (update ${table} set kakao_id = ${link.providerId} where ${link.provider} = '${link.kakao}'), let your log-in read and write that one, and name it as link.column.`] : [];
  const meta = link.kind === "meta" ? [say`Kakao ids stand in ${link.table}, in rows with the key ${link.key}. It cannot be the link table: the unique indexes that links need would refuse its other rows, and break the site. Copy them into a column (alter table ${table} add column kakao_id bigint null; update ${table} u join ${link.table} m on m.${link.memberId} = u.ID and m.meta_key = '${link.key}' set u.kakao_id = m.meta_value), let your log-in plugin read and write that one, and name it as link.column.`] : [];
  const toFill = link.kind === "table" && link.toFill.length > 0 ? [say`A new row of ${link.table} needs a value in ${link.toFill.join(", ")}: name each in link.set.`] : [];
  const mail = consents.agreed === undefined && consents.others.length > 0 ? [say`${consents.others.join(", ")}: consent to mail or text messages is none to messages of a Kakao channel.`] : [];
  const untimed = consents.agreed !== undefined && consents.agreedAt === undefined ? [say`${consents.agreed} says who agreed to advertising, and nothing says when: without a time nobody is exported (T1).`] : [];
  const stateless = states.where === undefined && states.columns.length > 0 ? [say`States: ${states.columns.map(({ column, values }) => `${column}${values.length === 0 ? "" : ` (${values.map(({ value, count }) => `${value === null ? "NULL" : value === "" ? "''" : value}: ${count.toLocaleString("en-US")}`).join(", ")})`}`).join("; ")}.`] : [];
  return [...remarks.map((remark) => translate(remarkWords[remark])), ...mixed, ...meta, ...toFill, ...stateless, ...untimed, ...mail];
}

import type { Refusal } from "../core/orphans/brakes.ts";
import type { KeepKind, UnlinkKind } from "../core/orphans/kinds.ts";
import { say, translate } from "../say.ts";
import { sayAll } from "./say-all.ts";

/** Every sentence about kinds and brakes of unlinking, in the language that is spoken. */
export interface UnlinkTexts {
  /** What each kind means, short enough for a table of 80 columns. */
  readonly kinds: Readonly<Record<UnlinkKind | KeepKind, string>>;
  /** The same as a whole sentence, for `explain`. */
  readonly reasons: Readonly<Record<UnlinkKind | KeepKind, string>>;
  /** What a brake found, and what to do next. */
  describe(refusal: Refusal): { readonly message: string; readonly hint: string };
}

const sentences: Pick<UnlinkTexts, "kinds" | "reasons"> = {
  kinds: {
    incomplete: "never became a member here",
    withdrawn: "only withdrawn members hold them",
    keyless: "nobody could be searched for",
    linked: "a live member holds them",
    notLive: "a member that is not live holds them",
    dangling: "a link row without a member, or misspelt",
    elsewhere: "in use at a place of alsoLinkedIn",
    excluded: "in the file of --exclude",
    pending: "signing up just now",
    mappable: "a member shares a key: map first",
    young: "linked too short a time ago",
    unread: "no answer, or no link date",
    preregistered: "sign-up at Kakao not finished",
    deselected: "left out by --kinds or --limit",
  },
  reasons: {
    incomplete: "Nobody holds this id, it was linked longer ago than the grace period, and no live or not-live member shares a CI, phone number or e-mail address: the sign-up here was never finished.",
    withdrawn: "Every member that holds this id has withdrawn, it was linked longer ago than the grace period, and no other member shares a key.",
    keyless: "Nobody holds this id, and Kakao gives no usable CI, phone number or e-mail address to search a member by. Kept, unless --kinds names keyless.",
    linked: "A live member holds this id.",
    notLive: "A member that is not live (dormant, blocked, in a recall period) holds this id.",
    dangling: "A link row whose member is in no configured table has this id, or a link that is spelled otherwise (blanks, zeros in front) means it. Such rows are never touched.",
    elsewhere: "A place of alsoLinkedIn has this id in use.",
    excluded: "The file of --exclude names this id.",
    pending: "A table of members.pending has this id: somebody is signing up just now.",
    mappable: "A member shares a CI, phone number or e-mail address with this Kakao user. Map first; a decision `unmatched` says that it is nobody.",
    young: "Linked too short a time ago: the sign-up here may still be under way.",
    unread: "Kakao gave no answer or no link date about this user, or it was linked anew meanwhile.",
    preregistered: "The sign-up at Kakao is not finished; Kakao unlinks such users by itself after 24 hours.",
    deselected: "Would be unlinked, and was left out by --kinds or --limit.",
  },
};

export const unlinkingTexts: UnlinkTexts = {
  get kinds() {
    return sayAll(sentences.kinds);
  },
  get reasons() {
    return sayAll(sentences.reasons);
  },
  describe: (refusal) => {
    const { message, hint } = describeRefusal(refusal);
    return { message: translate(message), hint: translate(hint) };
  },
};

function describeRefusal(refusal: Refusal): { readonly message: string; readonly hint: string } {
  switch (refusal.code) {
    case "csv-source":
      return { message: "The members come from csv files: nobody could look again right before an unlink.", hint: "Name the service's database in database.url." };
    case "database-replica":
      return { message: "The server of database.url is a replica: what it holds may be behind.", hint: "Name the primary in database.url; a replica may stand in database.readUrl, for planning." };
    case "database-read-only":
      return { message: "The database can only be read, as copies of it often are.", hint: "Name the primary in database.url, with a user who may write." };
    case "no-members":
      return { message: "Not one member was read: every Kakao user would look like nobody's.", hint: "Look at database.url, members.table and the rights of the database user, then plan again." };
    case "no-links":
      return { message: "Not one stored link was read: every Kakao user would look like nobody's.", hint: "Look at link in the configuration (column, table, fixed, where), then plan again. Where nobody is linked yet: kakao-sync map-members" };
    case "other-app":
      return {
        message: say`Kakao lists only ${count(refusal.now)} of ${count(refusal.limit)} stored ids: this key is of another app than these links.`,
        hint: "Look at kakao.appId and the admin key, and at link.fixed and link.where, then plan again.",
      };
    case "members-shrunk":
      return { message: say`There are ${count(refusal.now)} members, and there were ${count(refusal.limit)} in the last completed run: less than 90 %.`, hint: say`Look whether the database is whole. If that is right, accept the number: --accept-members ${refusal.now}` };
    case "links-shrunk":
      return { message: say`There are ${count(refusal.now)} stored links, and there were ${count(refusal.limit)} in the last completed run: less than 90 %.`, hint: say`Look whether the database is whole. If that is right, accept the number: --accept-links ${refusal.now}` };
    case "kakao-users-shrunk":
      return { message: say`There are ${count(refusal.now)} Kakao users, and there were ${count(refusal.limit)} in the last completed run: less than 90 %.`, hint: say`Look whether the key is of the right app. If that is right, accept the number: --accept-kakao-users ${refusal.now}` };
    case "place-empty":
      return { message: say`The place ${refusal.place} of alsoLinkedIn holds no Kakao id at all: nobody of its users would be protected.`, hint: "Look at its url, table, column, fixed and where in the configuration." };
    case "place-unreadable":
      return {
        message:
          refusal.section === "alsoLinkedIn"
            ? say`Of ${count(refusal.values)} ids at the place ${refusal.place} of alsoLinkedIn ${count(refusal.unreadable)} cannot be read as Kakao ids: nobody would be protected by them.`
            : say`Of ${count(refusal.values)} ids in the table ${refusal.place} of members.pending ${count(refusal.unreadable)} cannot be read as Kakao ids: nobody would be protected by them.`,
        hint: "Look at its table and column in the configuration: another column, or a prefix before the id. Correct the rows, or leave out by where (or a view) those that are no links; then again.",
      };
    case "place-shrunk":
      return { message: say`There are ${count(refusal.now)} ids at the place ${refusal.place}, and there were ${count(refusal.limit)} in the last completed run: less than 90 %.`, hint: say`Look whether that database is whole. If that is right, accept the number: --accept-place ${refusal.place}=${refusal.now}` };
    case "links-unreadable":
      return {
        message: say`Of ${count(refusal.values)} stored links ${count(refusal.unreadable)} cannot be read as Kakao ids: their members' Kakao users would look like nobody's.`,
        hint: "Look at link in the configuration (another column, a prefix before the id) and correct these rows, then plan again.",
      };
    case "keys-unreadable":
      return {
        message: say`Of ${count(refusal.values)} stored ${translate(keyWords[refusal.key])} ${count(refusal.unreadable)} cannot be read as such: members could not be searched for by them.`,
        hint: say`Look at members.${refusal.key} in the configuration: another column, or values that are encrypted or digested (decrypt, stored). Then plan again.`,
      };
    case "database-behind":
      return {
        message: say`Of the Kakao users linked 1 to 7 days ago members hold ${count(refusal.recent.held)} of ${count(refusal.recent.users)}, of those linked 8 to 90 days ago ${count(refusal.settled.held)} of ${count(refusal.settled.users)}: the database is behind.`,
        hint: "Look whether database.url names the service's database of today and not a copy, then plan again.",
      };
    case "unlinks":
      return { message: say`The plan unlinks ${count(refusal.now)} Kakao users; limits.unlink allows ${count(refusal.limit)} in one run.`, hint: say`Look at plan.csv. If the number is right, name it: --allow-unlinks ${refusal.now}` };
  }
}

const keyWords = { ci: "CIs", phone: "phone numbers", email: "e-mail addresses" } as const;

function count(number: number): string {
  return number.toLocaleString("en-US");
}

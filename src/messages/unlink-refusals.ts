import type { Refusal } from "../core/orphans/brakes.ts";

/** Why an unlinking run is refused (U4, U8), and what to do. `apply` is the command that carries the plan out. */
export function renderRefusal(refusal: Refusal, apply: string): { readonly code: string; readonly message: string; readonly hint: string } {
  const { code } = refusal;
  const says = (message: string, hint: string): ReturnType<typeof renderRefusal> => ({ code: `brake-${code}`, message, hint });
  switch (code) {
    case "csv-source":
      return says("The members come from a csv file: nobody can look at it right before an unlink.", "Name the service's own database in database.url; a file serves for plans only.");
    case "database-replica":
      return says("The server of database.url is a replica: who signed up a moment ago may be missing in it.", "Name the primary in database.url; a replica may stand in database.readUrl, for planning.");
    case "database-read-only":
      return says("The database can only be read: it may be a copy.", "Name the primary in database.url, with a user that may write.");
    case "no-members":
      return says("No member was read: every Kakao user would look like nobody's.", "Look at members.table and at database.url, then make a new plan.");
    case "no-links":
      return says("No link was read: every Kakao user would look like nobody's.", "Look at link in the configuration and at database.url, then make a new plan.");
    case "other-app":
      return says(`Of ${count(refusal.limit)} stored Kakao ids Kakao lists only ${count(refusal.now)}: this key is of another app than these links.`, "Look at kakao.appId, the admin key and link.fixed, then make a new plan.");
    case "place-empty":
      return says(`The place ${refusal.place} holds no Kakao id: nobody there would be protected.`, "Look at its url and link under alsoLinkedIn, or take the place out of the configuration, then make a new plan.");
    case "place-shrunk":
      return shrunk(refusal, `ids at ${refusal.place}`, `${apply} --accept-place ${refusal.place}=${String(refusal.now)}`);
    case "members-shrunk":
      return shrunk(refusal, "members", `${apply} --accept-members ${String(refusal.now)}`);
    case "links-shrunk":
      return shrunk(refusal, "links", `${apply} --accept-links ${String(refusal.now)}`);
    case "kakao-users-shrunk":
      return shrunk(refusal, "Kakao users", `${apply} --accept-kakao-users ${String(refusal.now)}`);
    case "database-behind": {
      const { recent, settled } = refusal;
      return says(
        `Members hold ${share(recent)} of the users linked 1 to 7 days ago, and ${share(settled)} of those linked 8 to 90 days ago: the database is behind.`,
        "Look whether database.url is an old copy or a replica, then make a new plan.",
      );
    }
    case "unlinks":
      return says(`The plan unlinks ${count(refusal.now)} Kakao users; limits.unlink allows ${count(refusal.limit)} in one run.`, `Look at plan.csv. If the number is right: ${apply} --allow-unlinks ${String(refusal.now)}`);
  }
}

function shrunk({ code, now, limit }: { readonly code: string; readonly now: number; readonly limit: number }, what: string, accept: string): ReturnType<typeof renderRefusal> {
  return {
    code: `brake-${code}`,
    message: `There are ${count(now)} ${what}; at the last completed run there were ${count(limit)}. Whoever is missing would look like nobody's.`,
    hint: `Find out where they went. If the number is right: ${accept}`,
  };
}

function share({ users, held }: { readonly users: number; readonly held: number }): string {
  return `${count(held)} of ${count(users)}`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

import { VALUE_NAMES, type MemberRow, type ValueName } from "../core/member.ts";
import { RefusedError } from "../errors.ts";
import { say } from "../say.ts";
import type { PlaceColumns } from "./value-opener.ts";

/** More than this share of a column's values, and the key or the form is wrong rather than some values. */
const mostUnopened = 0.01;

/** Of one column: its values, and those that could not be opened by reason. */
interface ColumnTally {
  readonly name: string;
  readonly stored: boolean;
  values: number;
  unopened: number;
  readonly reasons: Record<string, number>;
}

/** What could not be decrypted, and digests that are of no date, counted over one pass of opened rows. */
export class UnopenedTally {
  private readonly tallies: readonly Readonly<Partial<Record<ValueName, ColumnTally>>>[];

  constructor(places: readonly PlaceColumns[]) {
    this.tallies = places.map((columns) =>
      Object.fromEntries(
        VALUE_NAMES.flatMap((name) => {
          const column = columns[name];
          const isOpened = column?.kind === "decrypt" || (column?.kind === "stored" && name === "birthdate");
          return isOpened ? [[name, { name: column.name, stored: column.kind === "stored", values: 0, unopened: 0, reasons: {} }]] : [];
        }),
      ),
    );
  }

  add(rows: readonly MemberRow[]): void {
    for (const row of rows) {
      if (row.raw === undefined) continue;
      const tallies = this.tallies[row.place] ?? {};
      for (const name of VALUE_NAMES) {
        const tally: ColumnTally | undefined = tallies[name];
        const stored = row.raw[name];
        if (tally === undefined || stored === null || stored.trim() === "") continue;
        tally.values += 1;
        const reason = row.undecryptable?.[name] ?? (tally.stored && row[name] === null ? "no-date" : undefined);
        if (reason === undefined) continue;
        tally.unopened += 1;
        tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
      }
    }
  }

  /** By column and reason; columns of which everything was opened are left out. */
  get counts(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(this.all().filter(({ unopened }) => unopened > 0).map(({ name, reasons }) => [name, reasons]));
  }

  /** Throws RefusedError where more than 1 % of a column's values could not be opened. */
  refuseMany(): void {
    const many = this.all().find(({ values, unopened }) => unopened > values * mostUnopened);
    if (many === undefined) return;
    const { name, values, unopened, reasons } = many;
    const because = Object.entries(reasons).map(([reason, count]) => `${reason} ${count.toLocaleString("en-US")}`).join(", ");
    const [few, all] = [unopened.toLocaleString("en-US"), values.toLocaleString("en-US")];
    throw new RefusedError(
      many.stored
        ? { code: "dates-unreadable", message: say`${name}: ${few} of ${all} values are the digest of no date; more than 1 % is refused.`, hint: "Compare stored, of and keyFile with how your application digests birth dates. Nothing was written; then run the same command again." }
        : { code: "values-undecryptable", message: say`${name}: ${few} of ${all} values could not be decrypted (${because}); more than 1 % is refused.`, hint: "Look at the key that the decrypt program uses, and whether it is the program of this column. Nothing was written; then run the same command again." },
    );
  }

  private all(): readonly ColumnTally[] {
    return this.tallies.flatMap((columns) => Object.values(columns));
  }
}

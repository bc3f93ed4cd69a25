/** Users a request on a customer file (kakao-api.md 8.3). */
export const USERS_A_REQUEST = 2_000;

/** What came of a part of a request: taken as a whole, or some user in it was not, and Kakao does not say which. */
export type PartAnswer = { readonly taken: true } | { readonly taken: false; readonly code: string; /** Halves would say nothing more: all of it counts as not taken. */ readonly whole?: boolean };

export interface SentParts<Row> {
  readonly taken: readonly Row[];
  /** Rows that were not taken alone, with what was said. */
  readonly refused: readonly { readonly row: Row; readonly code: string }[];
  /** Requests that it took. */
  readonly requests: number;
}

/**
 * Sends rows in one request, and where not all are taken, in halves, down to the row: of n rows with one bad among them about 2 log2 n requests. `refusedAlone` is told of
 * each row that was not taken alone, and may throw. Throws what `send` throws; what was sent until then is repeated by whoever goes on.
 */
export async function sendInParts<Row>(rows: readonly Row[], send: (part: readonly Row[]) => Promise<PartAnswer>, refusedAlone: () => void): Promise<SentParts<Row>> {
  const taken: Row[] = [];
  const refused: { row: Row; code: string }[] = [];
  let requests = 0;
  const waiting: (readonly Row[])[] = [rows];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    const [row] = part;
    if (row === undefined) continue;
    const answer = await send(part);
    requests += 1;
    if (answer.taken) taken.push(...part);
    else if (answer.whole === true) refused.push(...part.map((one) => ({ row: one, code: answer.code })));
    else if (part.length === 1) {
      refused.push({ row, code: answer.code });
      refusedAlone();
    } else {
      const middle = Math.ceil(part.length / 2);
      waiting.push(part.slice(middle), part.slice(0, middle));
    }
  }
  return { taken, refused, requests };
}

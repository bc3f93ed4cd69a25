import { GrowingIds } from "../growing-ids.ts";
import { SortedIds } from "../id-order.ts";
import { recogniseKakaoId, type KakaoId } from "../kakao-id.ts";

/** Stored texts that were to be Kakao ids: those that are there, and those of them that cannot be read as one. */
export interface IdQuality {
  readonly values: number;
  readonly unreadable: number;
}

/** Of a hundred stored ids so many may be broken: a single wrong row stops nothing, a wrong column everything. */
const unreadableOfHundred = 1;

/** Whether so many cannot be read that whoever they stand for would be nobody's. */
export function isMostlyLost({ values, unreadable }: IdQuality): boolean {
  return unreadable * 100 > values * unreadableOfHundred;
}

/** The ids that a place has in use, as its stored texts mean them: 8 bytes an id, and 8 more where it is spelled otherwise. */
export class PlaceIds {
  private readonly all = new GrowingIds();
  private readonly otherwise = new GrowingIds();
  private unreadable = 0;

  /** Takes a stored text in; answers the id that it means, null where it means none. */
  add(stored: string): KakaoId | null {
    const id = recogniseKakaoId(stored);
    if (id === undefined) this.unreadable += 1;
    if (id === undefined || id === "") return null;
    this.all.push(BigInt(id));
    if (id !== stored) this.otherwise.push(BigInt(id));
    return id;
  }

  /** Ids that could be read, with repetition. */
  get length(): number {
    return this.all.length;
  }

  get quality(): IdQuality {
    return { values: this.all.length + this.unreadable, unreadable: this.unreadable };
  }

  /** Different ids, and how many of them Kakao lists; called once, at the end. */
  countListed(listing: SortedIds): { readonly storedIds: number; readonly storedListed: number } {
    const ids = new SortedIds(this.all.take().sort());
    let storedIds = 0;
    let storedListed = 0;
    for (let row = 0, before = ""; row < ids.length; row += 1) {
      const id = ids.at(row);
      if (id === before) continue;
      before = id;
      storedIds += 1;
      if (listing.find(id) >= 0) storedListed += 1;
    }
    return { storedIds, storedListed };
  }

  /** The ids that no question for their own text would find; called once, at the end. */
  takeSpelledOtherwise(): SortedIds {
    return new SortedIds(this.otherwise.take().sort());
  }
}

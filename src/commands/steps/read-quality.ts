import { KEY_NAMES } from "../../core/member.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";

/** A doubt of M13, and the flag that lifts it. */
export interface QualityDoubt {
  readonly says: string;
  readonly flag: "--accept-quality" | "--allow-no-hit";
}

/** Fewer hits or values than this say nothing. */
const leastHits = 100;
const leastValues = 1000;

/** The quality rules of M13, from the numbers that the plan was stored with. */
export function readQuality({ counts }: Pick<Run, "counts">): readonly QualityDoubt[] {
  const number = (path: string): number => Number(valueAt(counts, path) ?? 0);
  return [...listHitDoubts(number), ...listKeyDoubts(number, valueAt(counts, "quality.digested"))];
}

function listHitDoubts(number: (path: string) => number): readonly QualityDoubt[] {
  const [hits, contradicted] = [number("quality.ciHits"), number("quality.ciContradicted")];
  const [named, differ] = [number("quality.phoneHitsWithNames"), number("quality.phoneNamesDiffer")];
  return [
    ...(hits >= leastHits && contradicted > hits / 100 ? [accept(say`Of ${hits} hits by CI ${contradicted} differ in both name and birth date: the CI column may be wrong (M13).`)] : []),
    ...(named >= leastHits && differ * 2 >= named ? [accept(say`Of ${named} hits by phone with known names ${differ} differ: the phone or name column may be wrong (M13).`)] : []),
  ];
}

/** A key that hits nobody; and of a key that the database keeps as digests, values that are none: without them nobody sees that two CIs differ. */
function listKeyDoubts(number: (path: string) => number, digested: unknown): readonly QualityDoubt[] {
  return KEY_NAMES.flatMap((key): readonly QualityDoubt[] => {
    const [members, kakao] = [number(`quality.usableMembers.${key}`), number(`quality.usableKakao.${key}`)];
    const isDigested = Array.isArray(digested) && digested.includes(key);
    const malformed = isDigested ? number(`unusable.members.${key}-malformed`) : 0;
    const values = members + malformed;
    const isUnread = values >= leastHits && malformed > values / 100;
    const hitsNobody = members >= leastValues && kakao >= leastValues && number(`quality.hits.${key}`) === 0;
    const both = say`${members} usable values of members and ${kakao} of Kakao users, and not one in common`;
    return [
      ...(isUnread ? [accept(say`${key} (digest): ${malformed} of ${values} values of members are no such digest: stored or the column may be wrong (M13).`)] : []),
      ...(hitsNobody && !isDigested ? [accept(say`${key}: ${both}: the column may hold something else (M13).`)] : []),
      ...(hitsNobody && isDigested ? [{ says: say`${key} (digest): ${both}: stored, of or the key file may be wrong (M13).`, flag: "--allow-no-hit" } as const] : []),
    ];
  });
}

function accept(says: string): QualityDoubt {
  return { says, flag: "--accept-quality" };
}

function valueAt(counts: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), counts);
}

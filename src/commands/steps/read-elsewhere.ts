import type { Context } from "../../context.ts";
import { recogniseKakaoId, type KakaoId } from "../../core/kakao-id.ts";

/** Kakao ids in use at the places of `alsoLinkedIn`, also where they are spelled otherwise (blanks around them, zeros in front); what is no id at all says nothing. */
export async function* readElsewhere(context: Context): AsyncIterable<KakaoId> {
  for (const place of await context.places()) {
    for await (const page of place.readIds()) {
      for (const stored of page) {
        const id = recogniseKakaoId(stored);
        if (id !== undefined && id !== "") yield id;
      }
    }
  }
}

export async function collectElsewhere(context: Context): Promise<ReadonlySet<KakaoId>> {
  const ids = new Set<KakaoId>();
  for await (const id of readElsewhere(context)) ids.add(id);
  return ids;
}

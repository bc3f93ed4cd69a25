import type { Context } from "../../context.ts";
import { StartError } from "../../errors.ts";
import { say } from "../../say.ts";

/** Two settings of Kakao's console decide what unlinking loses and who counts as signed up: nobody can ask Kakao for them, so the configuration must say (product.md section 4). */
export function requireUnlinkConfig({ config }: Context): { readonly fixedIds: boolean; readonly autoLink: boolean } {
  const { fixedIds, autoLink } = config.kakao.app;
  if (fixedIds !== undefined && autoLink !== undefined) return { fixedIds, autoLink };
  throw new StartError({
    code: "app-settings-missing",
    message:
      fixedIds === autoLink ? say`unlink-orphans needs kakao.app.fixedIds and kakao.app.autoLink in the configuration.`
      : say`unlink-orphans needs kakao.app.${fixedIds === undefined ? "fixedIds" : "autoLink"} in the configuration.`,
    hint: "Look in the Kakao developers console whether user ids are fixed (사용자 아이디 고정) and whether linking is automatic (자동 연결), then write kakao: { app: { fixedIds: true, autoLink: true } } as it is there.",
  });
}

import { randomInt } from "node:crypto";
import type { Context } from "../context.ts";
import { nextKakaoId } from "../core/kakao-id.ts";
import { readCsv } from "../files/csv-in.ts";
import { readUsersFile } from "../files/users-file.ts";
import { readIdList } from "../files/id-list.ts";
import { loadForeignPhone } from "../foreign-phone.ts";
import { forecastPull } from "../kakao/client.ts";
import { isSignedBy, renderShortDigest } from "../workspace/approvals.ts";
import { maskBirthdate, maskEmail, maskName, maskPhone } from "../terminal/masking.ts";

/** What commands take from other rooms as it is: nothing here is opened, and nothing needs to be closed. */
export const tools: Pick<Context, "drawSeed" | "foreignPhone" | "forecastPull" | "isSignedBy" | "nextKakaoId" | "readCsv" | "readIdList" | "readUsersFile" | "renderShortDigest" | "showValues"> = {
  drawSeed: () => [randomInt(2 ** 32), randomInt(2 ** 32)],
  foreignPhone: loadForeignPhone,
  forecastPull,
  isSignedBy,
  nextKakaoId,
  readCsv,
  readIdList,
  readUsersFile,
  renderShortDigest,
  showValues: ({ phone, email, name, birthdate }) => ({
    phone: phone === null ? "" : maskPhone(phone),
    email: email === null ? "" : maskEmail(email),
    name: name === null ? "" : maskName(name),
    birthdate: birthdate === null ? "" : maskBirthdate(birthdate),
  }),
};

// Reads every member of a database as a plan does, and nothing else: node read-members.mjs URL
import { openServiceDatabase } from "../dist/database/open.js";

const column = (name) => ({ kind: "column", column: name });
const map = {
  members: { table: "members", id: "id", where: "status = 'active'", ci: column("ci"), phone: column("phone"), email: column("email"), name: column("name"), birthdate: column("birthdate"), phoneVerifiedAt: column("phone_verified_at"), emailVerifiedAt: column("email_verified_at") },
  also: [],
  pending: [],
  link: { kind: "column", column: "kakao_id", set: {} },
};
const database = await openServiceDatabase({ url: process.argv[2], session: {}, timeZone: "Asia/Seoul", map, now: () => new Date() });
let rows = 0;
for await (const page of database.readMembers()) rows += page.length;
await database.close();
console.log(`rows ${rows}`);

// One set-based UPDATE of the links that another database holds: what applying would cost without any check.
import Database from "better-sqlite3";

const [path, other] = process.argv.slice(2);
const db = new Database(path);
db.prepare("attach ? as other").run(other);
const { changes } = db.prepare("update main.members set kakao_id = o.kakao_id from other.members o where o.id = main.members.id and o.kakao_id is not null").run();
console.log(`rows ${changes}`);

// The three joins from CSV in DuckDB, in memory, on all cores: keys brought to one form, hits of each key counted.
import { DuckDBInstance } from "@duckdb/node-api";
import { join } from "node:path";

const folder = process.argv[2];
const connection = await (await DuckDBInstance.create(":memory:")).connect();
for (const [table, file] of [["m", "members.csv"], ["k", "kakao.csv"]]) {
  await connection.run(`create table ${table} as select id, ci, '0' || right(regexp_replace(phone, '[^0-9]', '', 'g'), 10) phone, lower(trim(email)) email
    from read_csv('${join(folder, file)}', header = true, all_varchar = true)`);
}
await connection.run(`create table r as
  select k.id kakao_id, m.id member_id, 'ci' decided from k join m on k.ci = m.ci
  union all select k.id, m.id, 'phone' from k join m on k.phone = m.phone
  union all select k.id, m.id, 'email' from k join m on k.email = m.email`);
const counts = await (await connection.run("select decided, count(*) from r group by decided order by decided")).getRows();
console.log(counts.map(([key, count]) => `${key} ${count}`).join(", "));

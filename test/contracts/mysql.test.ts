import { describe, it } from "vitest";
import { findMysql } from "../helpers/servers.ts";
import { describeExtras } from "./extras.ts";
import { describeLinkTables } from "./link-tables.ts";
import { createMysqlDatabase, runAlone } from "./mysql-server.ts";
import { type Dialect, describeServiceDatabase, type EngineFixture } from "./service-database.ts";

const server = await findMysql();
const uuids = ["3f2b8a52-9a59-4f4e-8d15-0d5c3a8b1a01", "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff", "3f2b8a52-9a59-4f4e-8d15-0d5c3a8b1a02", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"];

/** Collations and types that only one of the two products has. */
const own: Readonly<Record<"MySQL" | "MariaDB", Dialect["idColumns"]>> = {
  MySQL: [{ what: "text in a collation without padding", type: "varchar(40) COLLATE utf8mb4_0900_ai_ci", ids: ["a", "a ", "B", "김", "10"] }],
  MariaDB: [
    { what: "a UUID", type: "uuid", ids: uuids },
    { what: "text in a collation without padding", type: "varchar(40) COLLATE utf8mb4_unicode_nopad_ci", ids: ["a", "a ", "B", "김", "10"] },
  ],
};

async function describeOn(url: string): Promise<void> {
  const [[version] = []] = await runAlone(url, "SELECT VERSION()");
  const product = /mariadb/i.test(String(version)) ? "MariaDB" : "MySQL";
  const mysql: EngineFixture = {
    engine: product,
    create: (statements) => createMysqlDatabase(url, statements),
    dialect: {
      numbered: "BIGINT AUTO_INCREMENT PRIMARY KEY",
      dropIndex: (index, table) => `DROP INDEX ${index} ON ${table}`,
      locks: true,
      quote: (name) => `\`${name.replaceAll("`", "``")}\``,
      extraTypes: [
        { type: "bigint unsigned", literal: "18446744073709551615", text: "18446744073709551615" },
        { type: "decimal(32, 2)", literal: "123456789012345678901234567890.50", text: "123456789012345678901234567890.50" },
        { type: "double", literal: "0.1", text: "0.1" },
        { type: "boolean", literal: "TRUE", text: "1" },
        { type: "boolean", literal: "FALSE", text: "0" },
        { type: "bit(1)", literal: "b'1'", text: "1" },
        { type: "bit(1)", literal: "b'0'", text: "0" },
        { type: "date", literal: "'2026-01-02'", text: "2026-01-02" },
        { type: "datetime", literal: "'2026-01-02 03:04:05'", text: "2026-01-02 03:04:05" },
        { type: "varbinary(4)", literal: "X'00ff'", text: "\\x00ff" },
        { type: "enum('Y', 'N')", literal: "'Y'", text: "Y" },
        { type: "varchar(10) CHARACTER SET euckr", literal: "'서울'", text: "서울" },
      ],
      idColumns: [
        { what: "a small integer", type: "smallint", ids: ["-5", "3", "40", "32767", "0"] },
        { what: "an integer that shows leading zeros", type: "int(8) unsigned zerofill", ids: ["5", "3", "40", "4294967295", "0"] },
        { what: "a big integer", type: "bigint", ids: ["9223372036854775807", "-1", "10", "2", "9007199254740993"] },
        { what: "an unsigned big integer", type: "bigint unsigned", ids: ["18446744073709551615", "9223372036854775808", "10", "2", "9007199254740993"] },
        { what: "a decimal", type: "decimal(32, 0)", ids: ["1", "10", "2", "99999999999999999999999999999999", "-3"] },
        { what: "a decimal with a fraction", type: "decimal(10, 2)", ids: ["1.00", "10.50", "2.25", "99999999.99", "-3.50"] },
        { what: "a UUID as text", type: "char(36)", ids: uuids },
        { what: "text blind to case", type: "varchar(40) COLLATE utf8mb4_general_ci", ids: ["a", "B", "c", "김", "10"] },
        { what: "text in a language's order", type: "varchar(40) COLLATE utf8mb4_swedish_ci", ids: ["a", "B", "ö", "z", "10"] },
        { what: "text in byte order", type: "varchar(40) COLLATE utf8mb4_bin", ids: ["a", "A", "b", "김", "a b"] },
        { what: "text in an older character set", type: "varchar(40) CHARACTER SET latin1", ids: ["a", "B", "ö", "z", "10"] },
        { what: "Korean text in an older character set", type: "varchar(40) CHARACTER SET euckr", ids: ["a", "B", "김", "각", "10"] },
        { what: "numbers as text", type: "varchar(40)", ids: ["10", "9", "100", "01", "1"] },
        { what: "composite text", type: "varchar(40)", ids: ["shop1:0001", "shop1:0002", "shop10:0001", "shop2:0001", "shop1:0001:x"] },
        ...own[product],
      ],
    },
  };
  describeServiceDatabase(mysql);
  describeLinkTables(mysql);
  describeExtras(mysql);
}

if ("url" in server) await describeOn(server.url);
else describe("MySQL: the service's database", () => it.skip(server.missing));

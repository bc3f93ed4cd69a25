import { describeExtras } from "./extras.ts";
import { describeLinkTables } from "./link-tables.ts";
import { describeServiceDatabase, type EngineFixture } from "./service-database.ts";
import { createSqliteFile } from "./sqlite-file.ts";

const sqlite: EngineFixture = {
  engine: "SQLite",
  create: async (statements) => createSqliteFile(statements),
  dialect: {
    numbered: "INTEGER PRIMARY KEY AUTOINCREMENT",
    dropIndex: (index) => `DROP INDEX ${index}`,
    locks: false,
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
    extraTypes: [
      { type: "BIGINT", literal: "9007199254740993", text: "9007199254740993" },
      { type: "REAL", literal: "1.5", text: "1.5" },
      { type: "NUMERIC", literal: "10.50", text: "10.5" },
      { type: "BOOLEAN", literal: "TRUE", text: "1" },
      { type: "BOOLEAN", literal: "FALSE", text: "0" },
      { type: "DATE", literal: "'2026-01-02'", text: "2026-01-02" },
      { type: "BLOB", literal: "X'00ff'", text: "\\x00ff" },
      { type: "TEXT", literal: "'서울'", text: "서울" },
    ],
    idColumns: [
      { what: "an integer", type: "INTEGER", ids: ["-5", "3", "40", "2147483647", "9007199254740993"] },
      { what: "a big integer", type: "BIGINT", ids: ["9223372036854775807", "1", "10", "2", "9007199254740993"] },
      { what: "text that tells cases apart", type: "VARCHAR(40)", ids: ["a", "A", "b", "김", "z z"] },
      { what: "text that is blind to case", type: "TEXT COLLATE NOCASE", ids: ["a", "B", "c", "D", "10"] },
      { what: "numbers as text", type: "VARCHAR(40)", ids: ["10", "9", "100", "01", "1"] },
      { what: "composite text", type: "VARCHAR(40)", ids: ["shop1:0001", "shop1:0002", "shop10:0001", "shop2:0001", "shop1:0001:x"] },
      { what: "a UUID as text", type: "CHAR(36)", ids: ["3f2b8a52-9a59-4f4e-8d15-0d5c3a8b1a01", "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff", "3f2b8a52-9a59-4f4e-8d15-0d5c3a8b1a02", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"] },
    ],
  },
};

describeServiceDatabase(sqlite);
describeLinkTables(sqlite);
describeExtras(sqlite);

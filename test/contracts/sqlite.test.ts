import { describeServiceDatabase } from "./service-database.ts";
import { createSqliteFile } from "./sqlite-file.ts";

describeServiceDatabase({ engine: "SQLite", create: async (statements) => createSqliteFile(statements) });

/** A server to test on, or why there is none. */
export type FoundServer = { readonly url: string } | { readonly missing: string };

const defaults = { postgres: "postgres://root@127.0.0.1:5432/test", mysql: "mysql://root@127.0.0.1:3306/test" } as const;
const variables = { postgres: "KAKAO_SYNC_TEST_POSTGRES", mysql: "KAKAO_SYNC_TEST_MYSQL" } as const;

/** The PostgreSQL server of KAKAO_SYNC_TEST_POSTGRES, or the local one. Throws where KAKAO_SYNC_TEST_REQUIRE asks for one and none answers. */
export async function findPostgres(): Promise<FoundServer> {
  return find("postgres", async (url) => {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    await client.connect();
    await client.end();
  });
}

/** The MySQL or MariaDB server of KAKAO_SYNC_TEST_MYSQL, or the local one; as findPostgres. */
export async function findMysql(): Promise<FoundServer> {
  return find("mysql", async (url) => {
    const { createConnection } = await import("mysql2/promise");
    const client = await createConnection({ uri: url, connectTimeout: 5_000 });
    await client.end();
  });
}

async function find(engine: keyof typeof defaults, reach: (url: string) => Promise<void>): Promise<FoundServer> {
  const url = process.env[variables[engine]] ?? defaults[engine];
  try {
    await reach(url);
    return { url };
  } catch (error) {
    const missing = `no ${engine} server to test on (${variables[engine]}, else ${defaults[engine]}): ${error instanceof Error ? error.message : String(error)}`;
    if ((process.env["KAKAO_SYNC_TEST_REQUIRE"] ?? "").split(",").includes(engine)) throw new Error(missing);
    return { missing };
  }
}

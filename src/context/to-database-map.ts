import type { AlsoConfig, ColumnMap, Config, KeyColumns } from "../config/config.ts";
import type { AlsoTable, ColumnSource, MemberColumns, ServiceDatabaseMap } from "../database/service-database.ts";

/** The configuration's tables and columns as the database room takes them: the two rooms do not know each other. */
export function toDatabaseMap({ members, link }: Config): ServiceDatabaseMap {
  const { table, id, where, withdrawn, blocked } = members;
  return {
    members: {
      table,
      id,
      where,
      ...toColumns(members),
      ...(withdrawn === undefined ? {} : { withdrawn }),
      ...(blocked === undefined ? {} : { blocked }),
      ...(members.protected === undefined ? {} : { protected: members.protected }),
      ...(members.otherLogin === undefined ? {} : { otherLogin: members.otherLogin }),
      ...(members.lastLoginAt === undefined ? {} : { lastLoginAt: toSource(members.lastLoginAt) }),
    },
    also: members.also.map(toAlso),
    link,
    pending: members.pending,
  };
}

function toAlso(also: AlsoConfig): AlsoTable {
  return { table: also.table, id: also.id, ...toColumns(also), ...(also.kakaoId === undefined ? {} : { kakaoId: also.kakaoId }) };
}

function toColumns(columns: KeyColumns): Omit<MemberColumns, "table" | "id"> {
  const { ci, phone, email, name, birthdate, phoneVerifiedAt, emailVerifiedAt } = columns;
  return {
    ...(ci === undefined ? {} : { ci: toSource(ci) }),
    ...(phone === undefined ? {} : { phone: toSource(phone) }),
    ...(email === undefined ? {} : { email: toSource(email) }),
    ...(name === undefined ? {} : { name: toSource(name) }),
    ...(birthdate === undefined ? {} : { birthdate: toSource(birthdate) }),
    ...(phoneVerifiedAt === undefined ? {} : { phoneVerifiedAt: toSource(phoneVerifiedAt) }),
    ...(emailVerifiedAt === undefined ? {} : { emailVerifiedAt: toSource(emailVerifiedAt) }),
  };
}

/** A digest or an encrypted value is a column like any other for the database; what is in it is opened by the room `columns`. */
export function toSource(column: ColumnMap): ColumnSource {
  return column.kind === "sql" ? column : { kind: "column", column: column.column };
}

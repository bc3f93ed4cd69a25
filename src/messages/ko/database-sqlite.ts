import type { Sentences } from "./sentences.ts";

/** SQLite. */
export const databaseSqliteKo: Sentences = {
  "{0}.{1} is declared as a floating-point column: it would lose digits of Kakao ids.": "{0}.{1} 컬럼은 부동소수점으로 선언되어 있어 카카오 회원번호의 자릿수를 잃습니다.",
  "Use a column declared as INTEGER, BIGINT or TEXT.": "INTEGER, BIGINT, TEXT로 선언한 컬럼을 쓰세요.",
  "The database file {0} cannot be read: it is missing, or its folder is closed to this user.": "DB 파일({0})을 읽을 수 없습니다. 파일이 없거나, 지금 사용자에게 폴더의 권한이 없습니다.",
  "{0} is no file.": "{0} 경로는 파일이 아닙니다.",
  "Set database.url to the database file itself.": "database.url에 DB 파일 자체를 적으세요.",
  "Check the file with: sqlite3 FILE 'pragma integrity_check'": "파일을 확인하세요: sqlite3 FILE 'pragma integrity_check'",
  "The database {0} stayed locked by another program for 5 seconds.": "다른 프로그램이 {0} DB를 5초 넘게 잠그고 있습니다.",
  "Let the other program finish its transaction. {0}": "다른 프로그램의 트랜잭션이 끝나기를 기다리세요. {0}",
  "Let the other program finish its transaction, then run the same command again.": "다른 프로그램의 트랜잭션이 끝난 뒤 같은 명령을 다시 실행하세요.",
  "The disk that holds the database {0} is full.": "{0} DB가 있는 디스크가 가득 찼습니다.",
  "Make room for the database and its journal. {0}": "DB와 저널이 쓸 공간을 비우세요. {0}",
  "The database {0} is read-only for this user.": "지금 사용자는 {0} DB에 쓸 수 없습니다.",
  "Give this user the right to write the file and its folder, then run the same command again.": "지금 사용자에게 파일과 폴더의 쓰기 권한을 주고 같은 명령을 다시 실행하세요.",
  "{0} is not an SQLite database (or it is encrypted).": "{0} 파일은 SQLite DB가 아닙니다(또는 암호화되어 있습니다).",
  "Set database.url to the service's database file.": "database.url에 서비스의 DB 파일을 적으세요.",
  "The database {0} cannot be opened.": "{0} DB를 열 수 없습니다.",
  "Give this user the right to read the file and its folder.": "지금 사용자에게 파일과 폴더의 읽기 권한을 주세요.",
  "{0}.{1} is declared as a floating-point column, which is not served as an id.": "{0}.{1} 컬럼은 부동소수점으로 선언되어 있어 id로 쓸 수 없습니다.",
  "Name a column of whole numbers or text.": "정수나 텍스트 컬럼을 적으세요.",
  "{0} is neither an integer nor text in {1} rows.": "{0} 값이 정수도 텍스트도 아닌 행이 {1}개 있습니다.",
  "A value of link.fixed holds a zero byte.": "link.fixed 값에 널 바이트가 있습니다.",
  "{0} has neither a rowid nor a primary key: its rows cannot be told apart.": "{0} 테이블에 rowid도 기본 키도 없어 행을 구별할 수 없습니다.",
  "SQLite has no advisory locks.": "SQLite에는 권고 잠금(advisory lock)이 없습니다.",
};

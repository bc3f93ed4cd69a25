import type { Catalogue } from "../../say.ts";
import { answersKo } from "./answers.ts";
import { cliKo } from "./cli.ts";
import { commandsKo } from "./commands.ts";
import { commandsRunsKo } from "./commands-runs.ts";
import { configKo } from "./config.ts";
import { configRulesKo } from "./config-rules.ts";
import { consentApplicationKo } from "./consent-application.ts";
import { consentConsoleKo } from "./consent-console.ts";
import { consentItemsKo } from "./consent-items.ts";
import { consentTermsKo } from "./consent-terms.ts";
import { contextKo } from "./context.ts";
import { databaseKo } from "./database.ts";
import { databaseMysqlKo } from "./database-mysql.ts";
import { databasePostgresKo } from "./database-postgres.ts";
import { databaseSqliteKo } from "./database-sqlite.ts";
import { filesKo } from "./files.ts";
import { kakaoKo } from "./kakao.ts";
import { reportKo } from "./report.ts";
import { stepsApplyKo } from "./steps-apply.ts";
import { stepsAuditKo } from "./steps-audit.ts";
import { stepsDoctorKo } from "./steps-doctor.ts";
import { stepsInitKo } from "./steps-init.ts";
import { stepsReadKo } from "./steps-read.ts";
import { stepsReportKo } from "./steps-report.ts";
import { stepsTargetsKo } from "./steps-targets.ts";
import { stepsTellKo } from "./steps-tell.ts";
import { targetsKo } from "./targets.ts";
import { terminalKo } from "./terminal.ts";
import { unlinkingKo } from "./unlinking.ts";
import { workspaceKo } from "./workspace.ts";
import type { Sentences } from "./sentences.ts";

const parts: readonly Sentences[] = [
  answersKo, cliKo, commandsKo, commandsRunsKo, configKo, configRulesKo, consentApplicationKo, consentConsoleKo, consentItemsKo, consentTermsKo, contextKo, databaseKo, databaseMysqlKo, databasePostgresKo, databaseSqliteKo, filesKo, kakaoKo, reportKo, stepsApplyKo, stepsAuditKo, stepsDoctorKo, stepsInitKo, stepsReadKo, stepsReportKo, stepsTargetsKo, stepsTellKo, targetsKo, terminalKo, unlinkingKo, workspaceKo,
];

/** Every sentence in Korean, by its English pattern. The words are those of docs/runbooks/ko/terms.md. */
export const korean: Catalogue = new Map(parts.flatMap((sentences) => Object.entries(sentences)));

import type { Sentences } from "./sentences.ts";

/** Before and while a plan is carried out. */
export const stepsApplyKo: Sentences = {
  "Writing links": "연결 쓰기",
  "The stored plan {0} is not what was planned: its digest differs.": "저장된 계획 {0}의 내용이 계획했을 때와 다릅니다(다이제스트 불일치).",
  "Nothing was written. Make a new plan: kakao-sync {0}": "아무것도 쓰지 않았습니다. 다시 계획하세요: kakao-sync {0}",
  "Nothing more was changed. Restore the folder of the run from a backup; without one, give it up where it is interrupted: kakao-sync runs abandon {0}": "더 이상 아무것도 바꾸지 않았습니다. 실행 폴더를 백업에서 복구하세요. 백업이 없고 실행이 중단된 상태이면 포기하세요: kakao-sync runs abandon {0}",

  "Nobody was unlinked by it. Make a new plan: kakao-sync unlink-orphans": "이 계획으로 연결을 끊은 사용자는 없습니다. 다시 계획하세요: kakao-sync unlink-orphans",
  "Kakao still shows {0} of the first {1} users with the link that was to end.": "처음 {1}명 중 {0}명은 끊으려던 연결이 카카오에 그대로 남아 있습니다.",
  "Look whether kakao.baseUrl is Kakao's own address, and whether the console lists these users.": "kakao.baseUrl이 카카오의 실제 주소인지, 콘솔에 이 사용자들이 보이는지 확인하세요.",
  "{0} of the first {1} users appeared as somebody's right after they were unlinked: see appeared.csv.": "처음 {1}명 중 {0}명이 연결을 끊은 직후 회원으로 나타났습니다. appeared.csv를 확인하세요.",
  "Find out why the plan did not know them (a sign-up just then, an old copy of the database) before you go on; nobody else was unlinked.": "계속하기 전에 계획이 왜 이들을 몰랐는지 찾으세요(바로 그때 가입했거나, DB가 오래된 사본). 더 이상 아무도 끊지 않았습니다.",
  "Kakao knows none of the first {0} users any more (-101 for each), although it listed them for the plan.": "계획할 때 목록에 있던 처음 {0}명을 이제 카카오가 한 명도 모릅니다(모두 -101).",
  "Look whether the admin key still is that of this app. If these users really have unlinked meanwhile, go on.": "어드민 키가 아직 이 앱의 것인지 확인하세요. 이 사용자들이 그사이 정말 연결을 끊었다면 계속하세요.",
  Unlinking: "연결 끊기",

  "Nothing was sent by it. Make a new plan: kakao-sync {0} --upload": "아무것도 보내지 않았습니다. 다시 계획하세요: kakao-sync {0} --upload",
  Uploading: "업로드",

  "Link dates": "연결 일시 조회",
  "Missing links": "목록에 없는 연결 조회",

  "Asking for the relations of {0}": "{0}의 채널 관계 조회",
  "Relations of {0} at most": "{0}까지 채널 관계 조회",
  "export a smaller --segment": "더 작은 --segment로 내보내세요",

  "Run {0} was interrupted and is not finished.": "실행 {0}의 적용이 중단된 채 끝나지 않았습니다.",
  "Finish it: {0}. Take it back: kakao-sync undo {1}. Or give it up, keeping what it did: kakao-sync runs abandon {2}": "끝내려면: {0}. 되돌리려면: kakao-sync undo {1}. 한 일을 그대로 두고 포기하려면: kakao-sync runs abandon {2}",
  "Finish it: {0}. Or give it up, keeping what it did: kakao-sync runs abandon {1}": "끝내려면: {0}. 한 일을 그대로 두고 포기하려면: kakao-sync runs abandon {1}",
  "Plan {0} was applied already; a plan is used once.": "이미 적용한 계획입니다: {0}. 계획은 한 번만 씁니다.",
  "Plan {0} was applied and undone; a plan is used once.": "적용했다가 되돌린 계획입니다: {0}. 계획은 한 번만 씁니다.",
  "Plan {0} was replaced by a newer plan.": "새 계획으로 대체된 계획입니다: {0}.",
  "Plan {0} no longer fits: configuration, app or database have changed since.": "더는 맞지 않는 계획입니다: {0}. 그 뒤로 설정, 앱 또는 DB가 바뀌었습니다.",
  "Plan {0} was given up.": "포기한 계획입니다: {0}.",
  "Plan {0} was purged: its files are destroyed.": "파일까지 파기된 계획입니다: {0}.",
  "Plan {0} is older than seven days.": "7일이 지난 계획입니다: {0}.",
  "Plan {0} is older than 72 hours.": "72시간이 지난 계획입니다: {0}.",
  "Plan {0} is older than plans may be.": "유효 기간이 지난 계획입니다: {0}.",
  "Run {0} is a plan of {1}.": "{1} 명령의 계획입니다: {0}.",
  "Plan {0} was made with another configuration, app or database.": "다른 설정, 앱 또는 DB로 만든 계획입니다: {0}.",
  "Plan {0} was begun in another database.": "다른 DB에서 시작한 계획입니다: {0}.",
  "Run {0} was begun with another configuration: its last look would ask other tables or places. Nobody else was unlinked.": "다른 설정으로 시작한 실행입니다: {0}. 지금 설정으로는 마지막 확인에서 다른 테이블이나 다른 곳을 보게 됩니다. 더 이상 아무도 끊지 않았습니다.",
  "Run {0} was begun with another configuration: its last look would ask other tables or places. Nobody else was sent.": "다른 설정으로 시작한 실행입니다: {0}. 지금 설정으로는 마지막 확인에서 다른 테이블이나 다른 곳을 보게 됩니다. 더 이상 아무도 카카오로 보내지 않았습니다.",
  "Put the configuration back as it was, then: {0}. Or give the run up, keeping what it did: kakao-sync runs abandon {1}": "설정을 원래대로 돌린 뒤 실행하세요: {0}. 한 일을 그대로 두고 포기하려면: kakao-sync runs abandon {1}",
  "Make a new plan: {0}": "다시 계획하세요: {0}",
  "The member table has no link column yet.": "회원 테이블에 연결 컬럼이 아직 없습니다.",
  "Create it, then make a new plan:\n{0}": "만든 뒤 다시 계획하세요:\n{0}",
  "A unique index of the links is missing: the database could not keep one Kakao id from two members.": "연결의 유니크 인덱스가 없습니다. 두 회원이 같은 카카오 회원번호를 갖는 것을 DB가 막지 못합니다.",
  "Create it, then run the same command again:\n{0}": "만든 뒤 같은 명령을 다시 실행하세요:\n{0}",
  "A new row of the link table needs a value in {0}.": "연결 테이블의 새 행에는 이 컬럼의 값이 필요합니다: {0}.",
  "Name each of these columns in link.set or link.fixed, then make a new plan.": "컬럼마다 link.set이나 link.fixed에 적고 다시 계획하세요.",
  "The server of database.url is a replica: it cannot be written, and what it holds may be behind.": "database.url의 서버가 복제본입니다. 쓸 수 없고, 내용이 뒤처져 있을 수 있습니다.",
  "The database can only be read.": "DB를 읽을 수만 있습니다.",
  "Give this user the right to write it (a file and its folder, or UPDATE and INSERT on the tables), or name the primary in database.url.": "이 DB 사용자에게 쓰기 권한을 주거나(파일과 폴더, 또는 테이블의 UPDATE와 INSERT), database.url에 주 서버를 적으세요.",
  "The plan changes {0} links; limits.link allows {1} in one run.": "이 계획은 연결 {0}건을 바꿉니다. limits.link는 실행 한 번에 {1}건까지 허용합니다.",
  "Look at the plan (kakao-sync runs show {0}). If the number is right: {1} --allow-links {2}": "계획을 확인하세요(kakao-sync runs show {0}). 맞는 수이면: {1} --allow-links {2}",
  "Look at the columns in the configuration and at plan.csv. If all is well: {0} {1}": "설정의 컬럼과 plan.csv를 확인하세요. 모두 정상이면: {0} {1}",

  "Plan {0} needs {1} approvals (limits.approvals.{2}) of other people than {3}; it has none.": "계획 {0}에는 {3} 외의 사람이 한 서명 {1}개가 필요합니다(limits.approvals.{2}). 지금은 하나도 없습니다.",
  "Plan {0} needs {1} approvals (limits.approvals.{2}) of other people than {3}; it has {4}: {5}.": "계획 {0}에는 {3} 외의 사람이 한 서명 {1}개가 필요합니다(limits.approvals.{2}). 지금은 {4}개 있습니다: {5}.",
  "Each of them looks at it (kakao-sync runs show {0}), compares the digest {1}, and signs: kakao-sync approve {2} --as NAME": "서명할 사람마다 계획을 보고(kakao-sync runs show {0}) 다이제스트 {1} 값을 대조한 뒤 서명합니다: kakao-sync approve {2} --as NAME",

  "The clock of this machine says {0}, Kakao's says {1}: who was linked within the last 24 hours cannot be told.": "이 서버의 시계는 {0}, 카카오의 시계는 {1}입니다. 지난 24시간 안에 누가 연결되었는지 알 수 없습니다.",
  "Set this machine's clock (switch NTP on: timedatectl set-ntp true), then run the same command again.": "이 서버의 시계를 맞추고(NTP 켜기: timedatectl set-ntp true) 같은 명령을 다시 실행하세요.",

  "Unlinking cannot be undone: at a terminal only a plan that was looked at is carried out.": "연결 끊기는 되돌릴 수 없습니다. 터미널에서는 검토한 계획만 적용합니다.",
  "Make a plan (kakao-sync unlink-orphans), look at its plan.csv, then add --plan RUN.": "먼저 계획하고(kakao-sync unlink-orphans) plan.csv를 확인한 뒤 --plan RUN을 붙이세요.",
  "nobody is unlinked there": "거기서는 아무도 끊지 않습니다",
  "environment is rehearsal, and kakao.baseUrl is not a simulated Kakao on this machine: {0}.": "environment가 rehearsal인데 kakao.baseUrl이 이 서버의 모의 카카오가 아닙니다. {0}.",
  "Rehearse on kakao-sync sandbox, or write environment: production where it is meant.": "kakao-sync sandbox에서 리허설하거나, 실제로 하려는 것이면 environment: production을 적으세요.",
  "The plan was made with {0} members; now there are {1}.": "계획할 때 회원은 {0}명이었는데 지금은 {1}명입니다.",
  "Look whether database.url is the right database, and whole. Then make a new plan: kakao-sync unlink-orphans": "database.url이 맞는 DB인지, 온전한지 확인하세요. 그다음 다시 계획하세요: kakao-sync unlink-orphans",
  "Look whether database.url is the right database, and whole. If they really are gone, give the run up: kakao-sync runs abandon {0}": "database.url이 맞는 DB인지, 온전한지 확인하세요. 정말 없어진 회원이라면 실행을 포기하세요: kakao-sync runs abandon {0}",

  "Ids are fixed in this app: a gone link does no harm, and it is the handle of a deletion request.": "사용자 아이디가 고정된 앱입니다. 카카오에 없는 연결은 해가 없고, 삭제 요청이 왔을 때 누구의 것인지 알려 줍니다.",
  "Leave the links as they are and work through gone.csv; or add --even-fixed.": "연결은 그대로 두고 gone.csv를 처리하세요. 그래도 지우려면 --even-fixed를 붙이세요.",
  "{0} gone links would be cleared; limits.clear allows {1} in one run.": "카카오에 없는 연결 {0}건을 지우게 됩니다. limits.clear는 실행 한 번에 {1}건까지 허용합니다.",
  "Look at gone.csv. If the number is right: {0} --clear-gone{1} --allow-clears {2}": "gone.csv를 확인하세요. 맞는 수이면: {0} --clear-gone{1} --allow-clears {2}",

  "Comparing values": "값 대조",

  "Write {0} of plan {1} into the database?": "계획 {1}의 {0}을(를) DB에 쓸까요?",
  "{0} links": "연결 {0}건",
  "There is no terminal to ask at, and --yes was not given. Nothing was changed.": "물어볼 터미널이 없고 --yes도 없습니다. 아무것도 바꾸지 않았습니다.",
  "Declined. Nothing was changed.": "취소했습니다. 아무것도 바꾸지 않았습니다.",
  "Type the number of links ({0}) to take them away:": "연결을 되돌리려면 연결 수({0})를 입력하세요:",
  "Unlinking cannot be undone. Type the number of Kakao users ({0}) to unlink them:": "연결 끊기는 되돌릴 수 없습니다. 끊으려면 카카오 사용자 수({0})를 입력하세요:",
  "Type the number of gone links ({0}) to clear them in the database:": "카카오에 없는 연결을 DB에서 지우려면 그 수({0})를 입력하세요:",
  "The plan has nobody to send. Remove users from the customer file {0} who refuse by now?": "계획에 보낼 사용자가 없습니다. 그사이 수신 거부한 사용자를 고객 파일 {0}에서 뺄까요?",
  "Type the number of users ({0}) to send them to Kakao for the customer file {1}:": "고객 파일 {1}에 반영하도록 카카오로 보내려면 사용자 수({0})를 입력하세요:",

  "{0} without a member, {1} that Kakao does not list, at most": "회원 없는 {0}과(와) 카카오 목록에 없는 {1}까지 조회",
  "exclude users with --exclude": "--exclude로 사용자를 제외하세요",

  "Unlinking {0}": "{0} 연결 끊기",
  "For {0}": "{0}",
  "unlink fewer with --limit": "--limit로 더 적게 끊으세요",

  "Uploading {0}": "{0} 업로드",
  "{0} requests": "요청 {0}건",
  "For the customer file {0}": "고객 파일 {0}",
  "upload a smaller --segment": "더 작은 --segment로 업로드하세요",

  "No lock on the database: {0} Let no other kakao-sync write it meanwhile; every row is compared before it is written all the same.": "DB에 잠금을 걸지 않았습니다. {0} 그동안 다른 kakao-sync가 이 DB에 쓰지 않게 하세요. 그래도 모든 행은 쓰기 전에 대조합니다.",
  "The connection that held the database's lock is gone: another run could be writing.": "DB 잠금을 잡고 있던 접속이 끊겼습니다. 다른 실행이 쓰고 있을 수 있습니다.",
  "Nothing more was written. See that no other kakao-sync writes this database.": "더 이상 아무것도 쓰지 않았습니다. 이 DB에 쓰는 다른 kakao-sync가 없게 하세요.",

  "The replica has caught up; going on.": "복제본이 따라잡았습니다. 계속합니다.",
  "Waiting: the replica of limits.replica stands still; allowed are {0} s.": "기다리는 중: limits.replica의 복제본이 멈춰 있습니다. 허용은 {0}초입니다.",
  "Waiting: the replica of limits.replica is {0} s behind; allowed are {1} s.": "기다리는 중: limits.replica의 복제본이 {0}초 뒤처져 있습니다. 허용은 {1}초입니다.",

  "The snapshot is younger than a day: with --max-age 24h it serves as the listing.": "스냅샷을 받은 지 하루가 안 되었습니다. --max-age 24h를 붙이면 목록 조회를 대신합니다.",
  "For every {0} Kakao users to list, then at most {1} calls for those without a member": "카카오 사용자 {0}명당 목록 조회(그 뒤 회원 없는 사용자에 대해 최대 {1}회)",
  "About {0} to list, then at most {1} calls for those without a member": "{0} 안팎의 목록 조회(그 뒤 회원 없는 사용자에 대해 최대 {1}회)",
  "use the snapshot as the listing with --max-age": "--max-age로 스냅샷을 목록 대신 쓰세요",

  "Run {0} is {1}.": "실행 {0}의 상태는 {1}입니다.",
  "Its files are gone already.": "파일은 이미 없습니다.",
  "Finish it, or give it up first: kakao-sync runs abandon {0}": "끝내거나, 먼저 포기하세요: kakao-sync runs abandon {0}",
  "A plan that waits expires by itself, or is replaced by the next plan.": "대기 중인 계획은 저절로 만료되거나 다음 계획으로 대체됩니다.",

  "Look whether database.url is the right database, and whole. If they really are gone, make a new plan; a run that was begun is given up first: kakao-sync runs abandon {0}": "database.url이 맞는 DB인지, 온전한지 확인하세요. 정말 없어진 회원이라면 다시 계획하세요. 이미 시작한 실행은 먼저 포기합니다: kakao-sync runs abandon {0}",
  "The database holds no member at all, and the customer file {0} users.": "DB에 회원이 한 명도 없는데 고객 파일에는 {0}명이 있습니다.",
  "Look whether database.url is the right database, and members.table the right table.": "database.url이 맞는 DB인지, members.table이 맞는 테이블인지 확인하세요.",

  "Kakao lists only {0} of {1} different ids at the place {2} of alsoLinkedIn: another column, or ids of another app (U8).": "alsoLinkedIn의 {2}에 있는 서로 다른 회원번호 {1}개 중 카카오 목록에 있는 것은 {0}개뿐입니다. 다른 컬럼이거나 다른 앱의 회원번호입니다(U8).",
  "Look at its url, table, column, fixed and where in the configuration, then plan again.": "설정에서 이곳의 url, table, column, fixed, where를 확인하고 다시 계획하세요.",

  "Link dates of a sample": "표본의 연결 일시 조회",

  "There is no snapshot yet; taking one first.": "아직 스냅샷이 없어 먼저 받습니다.",
  "The snapshot is too old, or lacks what is to be compared; taking a new one first.": "스냅샷이 너무 오래되었거나 대조할 값이 빠져 있어 새로 받습니다.",
  "An earlier pull was gone on with, from before it was known who is to be read again; reading them now.": "방금 이어서 받은 것은 누구를 다시 읽어야 하는지 알기 전에 시작한 것입니다. 그 사용자들을 지금 읽습니다.",
  "The snapshot lacks wiped details that this configuration compares anew; who shares a value could not be seen.": "지금 설정으로 새로 대조해야 할 상세가 스냅샷에서 이미 파기되어, 누가 같은 값을 함께 쓰는지 알 수 없습니다.",
  "Read everything anew: kakao-sync pull --refresh-after 0d": "모두 새로 읽으세요: kakao-sync pull --refresh-after 0d",

  "Kakao takes no file of the name {0} (-817): there is one that it does not list, or the name is not allowed.": "카카오가 {0} 이름의 파일을 받지 않습니다(-817). 목록에 나오지 않는 같은 이름의 파일이 있거나, 쓸 수 없는 이름입니다.",

  "A value was decrypted differently when it was read again, three times in a row.": "한 값을 다시 읽었더니 세 번 연속 다르게 복호화되었습니다.",
  "The decrypt program must give the same answer for the same value each time. Nothing was written; then run the same command again.": "복호화 프로그램은 같은 값에 언제나 같은 답을 해야 합니다. 아무것도 쓰지 않았습니다. 프로그램을 고친 뒤 같은 명령을 다시 실행하세요.",
  "Two different values have the same hash, and with the hashes that are left of wiped details it cannot be computed otherwise.": "서로 다른 두 값의 해시가 같습니다. 파기한 상세의 남은 해시와 비교해야 하므로 다르게 계산할 수 없습니다.",
  "Nothing was written. Read all details again, then plan anew: kakao-sync pull --refresh-after 0d": "아무것도 쓰지 않았습니다. 모든 상세를 다시 읽고 새로 계획하세요: kakao-sync pull --refresh-after 0d",
  "Reading members": "회원 읽기",
  "Collecting shared CIs": "함께 쓰는 CI 모으기",

  "--older-than is less than 24 hours.": "--older-than이 24시간보다 짧습니다.",
  "Write 24h or more: a younger link may still be on its way to becoming a member (U1).": "24h 이상으로 적으세요. 그보다 최근에 연결된 사용자는 아직 가입하는 중일 수 있습니다(U1).",
  "The kinds add up to {0} Kakao users, the listing has {1}.": "종류별 합계는 카카오 사용자 {0}명인데 목록은 {1}명입니다.",
  "Nothing was planned. Please report this; the same command may be run again.": "아무것도 계획하지 않았습니다. 이 오류를 신고해 주세요. 같은 명령을 다시 실행해도 됩니다.",
};

import type { Database } from "better-sqlite3";
import { nameScripts } from "../../../src/core/keys.ts";

/**
 * A second implementation of the mapping decisions (product.md section 6, steps 1 to 4 and M1 to M9), written from the rules alone as
 * plain SQL: slow, and without any thought in common with the program's own. All values are in comparable form, or null.
 */
export interface ReferenceDecision {
  readonly kakaoId: string;
  readonly action: "linked" | "elsewhere" | "unread" | "link" | "relink" | "review" | "unmatched";
  /** The only holder of the state that decides, or the named member; null when there are several, or nobody is named. */
  readonly place: number | null;
  readonly memberId: string | null;
  readonly by: "ci" | "phone" | "email" | null;
  readonly reason: string | null;
  /** Where CI decided and the one of the two differs. */
  readonly note: "name-differs" | "birthdate-differs" | null;
  /** As in plan.csv; null where `memberId` is. */
  readonly evidence: string | null;
  /** Of linked users: contradicted if any of their live holders is, else agree if any does. */
  readonly linkedEvidence: "agree" | "unknown" | "contradicted" | null;
}

/**
 * The input. `state` is live, notLive or withdrawn; `link` null when empty; flags are 0 or 1; `keys` and `corroborators` are joined by
 * commas; the modes `phone` and `email` are corroborated, alone or review; `dormant` is review or link; `today` is `YYYYMMDD`.
 * `further_links` are links beside the first, of members who have one; `dangling` are ids of link rows without a member.
 * `unlinkable` names the places whose members have nowhere to keep a link.
 */
export const REFERENCE_TABLES = `
create table members (
  place integer not null, id text not null, state text not null, blocked integer not null, protected integer not null, link text,
  ci text, phone text, email text, name text, birthdate text, phone_verified integer not null, email_verified integer not null,
  phone_recent integer not null, email_recent integer not null, unique (place, id)
);
create table kakao (id text not null unique, read integer not null, ci text, phone text, email text, name text, birthdate text);
create table further_links (place integer not null, id text not null, link text not null);
create table elsewhere (kakao_id text not null);
create table dangling (kakao_id text not null);
create table unlinkable (place integer not null);
create table options (
  keys text not null, phone text not null, email text not null, corroborators text not null, dormant text not null,
  today text not null, listing_complete integer not null
);`;

/** Both sides as far as they may be looked at: unread details, keys of the withdrawn and keys that are not configured are unknown. */
const sides = `
opt as materialized (
  select phone as phone_mode, email as email_mode, dormant, today, listing_complete,
    instr(',' || keys || ',', ',ci,') > 0 as use_ci,
    instr(',' || keys || ',', ',phone,') > 0 as use_phone,
    instr(',' || keys || ',', ',email,') > 0 as use_email,
    instr(',' || corroborators || ',', ',name,') > 0 as name_counts,
    instr(',' || corroborators || ',', ',birthdate,') > 0 as birthdate_counts,
    instr(',' || corroborators || ',', ',email,') > 0 as email_counts,
    instr(',' || corroborators || ',', ',recentlyVerified,') > 0 as recent_counts
  from options
),
m as materialized (
  select members.rowid as row, place, id, state, blocked, protected, link,
    case when use_ci and state <> 'withdrawn' then ci end as ci,
    case when use_phone and state <> 'withdrawn' then phone end as phone,
    case when use_email and state <> 'withdrawn' then email end as email,
    case when (use_email or email_counts) and state <> 'withdrawn' then email end as seen_email,
    case when state <> 'withdrawn' then name end as name,
    case when state <> 'withdrawn' then birthdate end as birthdate,
    phone_verified, email_verified, phone_recent, email_recent
  from members, opt
),
k as materialized (
  select id, read,
    case when use_ci and read then ci end as ci,
    case when use_phone and read then phone end as phone,
    case when use_email and read then email end as email,
    case when (use_email or email_counts) and read then email end as seen_email,
    case when read then name end as name,
    case when read then birthdate end as birthdate
  from kakao, opt
),
member_value (row, rank, value) as materialized (
  select row, 1, ci from m where ci is not null
  union all select row, 2, phone from m where phone is not null
  union all select row, 3, email from m where email is not null
),
kakao_value (kid, rank, value) as materialized (
  select id, 1, ci from k where ci is not null
  union all select id, 2, phone from k where phone is not null
  union all select id, 3, email from k where email is not null
)`;

/** Who hits and who holds, and what the five values say about each such pair. */
const pairs = `
hit as materialized (
  select kv.kid, mv.row, kv.rank, kv.value,
    coalesce((select m.ci <> k.ci from m, k where m.row = mv.row and k.id = kv.kid), 0) as struck
  from kakao_value kv join member_value mv on mv.rank = kv.rank and mv.value = kv.value
),
member_link as materialized (
  select row, link from m where link is not null union select m.row, f.link from further_links f join m using (place, id)
),
holder as materialized (select k.id as kid, m.row, m.state from k join member_link l on l.link = k.id join m using (row)),
pair as (select kid, row from hit union select kid, row from holder),
evidence as materialized (
  select pair.kid, pair.row,
    case when m.ci = k.ci then 'agree' when m.ci <> k.ci then 'differ' else 'unknown' end as ci,
    case when m.phone = k.phone then 'agree' when m.phone <> k.phone then 'differ' else 'unknown' end as phone,
    case when m.seen_email = k.seen_email then 'agree' when m.seen_email <> k.seen_email then 'differ' else 'unknown' end as email,
    case when name_scripts(m.name) & name_scripts(k.name) = 0 then 'unknown'
         when m.name = k.name then 'agree' when m.name <> k.name then 'differ' else 'unknown' end as name,
    case when m.birthdate = k.birthdate then 'agree' when m.birthdate <> k.birthdate then 'differ' else 'unknown' end as birthdate
  from pair join m using (row) join k on k.id = pair.kid
)`;

/** M1: the strongest holder of each user. */
const held = `
held as materialized (
  select kid,
    case when max(state = 'live') then 'live' when max(state = 'notLive') then 'notLive' when max(state = 'dangling') then 'dangling' else 'withdrawn' end as state
  from (select kid, state from holder union all select kakao_id, 'dangling' from dangling) group by kid
),
deciding_holder as (
  select held.kid, held.state, iif(count(holder.row) = 1, min(holder.row), null) as row from held left join holder using (kid, state) group by held.kid
),
holder_evidence as (
  select kid, row,
    case when ci = 'differ' or (name = 'differ' and birthdate = 'differ') then 'contradicted'
         when 'agree' in (ci, phone, email, name, birthdate) then 'agree' else 'unknown' end as verdict
  from evidence join holder using (kid, row) where state = 'live'
),
linked_evidence as (
  select kid,
    case when max(verdict = 'contradicted') then 'contradicted' when max(verdict = 'agree') then 'agree' else 'unknown' end as verdict
  from holder_evidence group by kid
)`;

/** M4: the deciding key, and whom its value names. */
const naming = `
deciding as materialized (
  select kid, min(rank) as rank from hit where not struck group by kid
),
candidate as materialized (
  select hit.kid, hit.rank, hit.value, hit.row,
    'agree' in (evidence.name, evidence.birthdate) as agrees, 'differ' in (evidence.name, evidence.birthdate) as differs
  from hit join deciding using (kid, rank) join evidence on evidence.kid = hit.kid and evidence.row = hit.row
  where not hit.struck
),
crowd as (select kid, count(*) as size from hit join deciding using (kid, rank) group by kid),
naming as materialized (
  select c.kid, c.rank, c.value,
    case when crowd.size > 10 then null
         when count(*) = 1 then min(c.row)
         when c.rank = 1 then null
         when sum(agrees and not differs) = 1 and sum(differs) = count(*) - 1 then max(iif(agrees and not differs, c.row, null))
    end as row
  from candidate c join crowd using (kid) group by c.kid
),
named as materialized (
  select naming.kid, naming.rank, naming.value, naming.row,
    (select count(*) from kakao_value kv where kv.rank = naming.rank and kv.value = naming.value) > 1 as other_kakao
  from naming
)`;

/** M5 to M9 for each user who names a member. */
const answering = `
question as materialized (
  select n.kid, n.rank, n.row, n.other_kakao, m.state, m.blocked, m.protected, m.link, e.name as name, e.birthdate as birthdate,
    e.name = 'differ' and e.birthdate = 'differ' as both_differ,
    m.link is not null and m.link not glob '*[^0-9]*' and m.link glob '[1-9]*'
      and (length(m.link) < 19 or (length(m.link) = 19 and m.link <= '9223372036854775807')) as link_is_id,
    m.link in (select id from kakao) as link_listed,
    exists (select 1 from further_links f where f.place = m.place and f.id = m.id) as several,
    m.place in (select place from unlinkable) as unlinkable,
    exists (select 1 from hit h where h.row = n.row and h.kid <> n.kid and h.rank < n.rank and not h.struck) as taken,
    exists (select 1 from hit h where h.kid = n.kid and h.rank = 3 and h.row <> n.row and not h.struck) as email_elsewhere,
    exists (select 1 from hit h where h.row = n.row and h.rank = 3 and h.kid <> n.kid and not h.struck) as email_of_other,
    coalesce((cast(opt.today as integer) - cast(m.birthdate as integer)) / 10000 < 14, 0)
      or coalesce((cast(opt.today as integer) - cast(k.birthdate as integer)) / 10000 < 14, 0) as young,
    case n.rank when 2 then m.phone_verified when 3 then m.email_verified end as verified,
    case n.rank when 2 then opt.phone_mode when 3 then opt.email_mode end as mode,
    (opt.name_counts and e.name = 'agree') or (opt.birthdate_counts and e.birthdate = 'agree')
      or (opt.email_counts and n.rank = 2 and e.email = 'agree')
      or (opt.recent_counts and case n.rank when 2 then m.phone_recent when 3 then m.email_recent end) as corroborated,
    opt.dormant, opt.listing_complete, case n.rank when 1 then 'ci' when 2 then 'phone' else 'email' end as key
  from named n join m using (row) join k on k.id = n.kid join evidence e on e.kid = n.kid and e.row = n.row, opt
),
answer as materialized (
  select kid, row, key, name, birthdate, case
      when other_kakao then 'shared-' || key || '-kakao'
      when blocked or (state <> 'live' and (dormant <> 'link' or unlinkable)) then 'member-not-live'
      when link is not null and rank = 1 and listing_complete and link_is_id and not link_listed and not several and not both_differ then 'relink'
      when link is not null then 'member-linked-elsewhere'
      when taken then 'member-taken'
      when rank = 2 and (email_elsewhere or email_of_other) then 'keys-disagree'
      when rank = 1 and both_differ then 'ci-contradicted'
      when rank = 1 then 'link'
      when protected then 'protected'
      when young then 'under-14'
      when not verified then 'unverified-' || key
      when birthdate = 'differ' then 'contradicted-birthdate'
      when name = 'differ' then 'contradicted-name'
      when mode = 'review' then key || '-only'
      when mode = 'corroborated' and not corroborated then 'uncorroborated-' || key
      else 'link' end as answer
  from question
)`;

/** The first line that applies, per Kakao user. */
const decision = `
step as materialized (
  select k.id as kid,
    case when dh.state = 'live' then 'linked' when dh.state is not null then 'held'
         when k.id in (select kakao_id from elsewhere) then 'elsewhere' when not k.read then 'unread'
         when k.id not in (select kid from hit) then 'unmatched' when n.kid is null then 'struck' when n.row is null then 'shared'
         else 'answered' end as step,
    dh.state as holder_state, dh.row as holder_row, n.rank, a.row as named_row, a.answer, a.key, a.name, a.birthdate
  from k left join deciding_holder dh on dh.kid = k.id left join named n on n.kid = k.id left join answer a on a.kid = k.id
),
decision as (
  select kid,
    case when step in ('linked', 'elsewhere', 'unread', 'unmatched') then step
         when step = 'answered' and answer in ('link', 'relink') then answer else 'review' end as action,
    case step when 'held' then case holder_state when 'notLive' then 'held-by-not-live' when 'dangling' then 'held-by-dangling' else 'held-by-withdrawn' end
              when 'struck' then 'ci-differs'
              when 'shared' then 'shared-' || case rank when 1 then 'ci' when 2 then 'phone' else 'email' end || '-members'
              when 'answered' then iif(answer in ('link', 'relink'), null, answer) end as reason,
    case step when 'shared' then case rank when 1 then 'ci' when 2 then 'phone' else 'email' end when 'answered' then key end as "by",
    case when step in ('linked', 'held') then holder_row
         when step = 'answered' and answer not like 'shared-%' then named_row end as row,
    case when step = 'answered' and key = 'ci' and answer in ('link', 'relink') then
      case when name = 'differ' then 'name-differs' when birthdate = 'differ' then 'birthdate-differs' end end as note,
    step
  from step
)
select d.kid as kakaoId, d.action, m.place, m.id as memberId, d."by", d.reason, d.note,
  'ci=' || e.ci || ' phone=' || e.phone || ' email=' || e.email || ' name=' || e.name || ' birthdate=' || e.birthdate as evidence,
  iif(d.step = 'linked', le.verdict, null) as linkedEvidence
from decision d left join m on m.row = d.row left join evidence e on e.kid = d.kid and e.row = d.row
  left join linked_evidence le on le.kid = d.kid
order by length(d.kid), d.kid`;

/** One decision for each row of `kakao`, in numeric order of the ids. */
export function decideBySql(database: Database): ReferenceDecision[] {
  return prepareReference(database)();
}

/** The same for a database whose rows change: the statement takes far longer to prepare than to run on a few rows. */
export function prepareReference(database: Database): () => ReferenceDecision[] {
  database.function("name_scripts", { deterministic: true }, (name: unknown) => (typeof name === "string" ? nameScripts(name) : null));
  const steps = [sides, pairs, held, naming, answering, decision].join(",");
  const statement = database.prepare<[], ReferenceDecision>(`with ${steps}`);
  return () => statement.all();
}

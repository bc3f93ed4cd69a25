.mode csv
.import members.csv m0
.import kakao.csv k0
create table m as select id, nullif(ci, '') ci, '010' || substr(replace(replace(phone, '-', ''), ' ', ''), -8) phone, lower(trim(email)) email from m0;
create table k as select id, nullif(ci, '') ci, '010' || substr(replace(replace(phone, '-', ''), ' ', ''), -8) phone, lower(trim(email)) email from k0;
create index m_ci on m (ci);
create index m_phone on m (phone);
create index m_email on m (email);
create table r as
  select k.id kakao_id, m.id member_id, 'ci' decided from k join m on k.ci = m.ci
  union all select k.id, m.id, 'phone' from k join m on k.phone = m.phone
  union all select k.id, m.id, 'email' from k join m on k.email = m.email;
select decided, count(*) from r group by decided;

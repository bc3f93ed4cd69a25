import { sandboxChannel } from "./channel.ts";

/** The app that the sandbox plays. */
export const sandboxAppId = 424242;

/** A name of its own, so that a real admin key in the environment is never taken for the sandbox's, nor sent to it. */
const adminKeyVariable = "KAKAO_SANDBOX_ADMIN_KEY";

const channelSection = `channel:
  publicId: ${sandboxChannel.publicId}
  idType: app
  segments:
    regulars: "points >= 1000"
  marketing:
    agreed: marketing_agreed
    agreedAt: marketing_agreed_at
    reconfirmedAt: marketing_reconfirmed_at
    night: night_agreed
  fields:
    가입일: { column: joined_at, format: YYYYMMDD }
    포인트: { column: points, type: number }
`;

/** The configuration of the sandbox: what a shop's looks like, only at a Kakao on this machine. */
export function renderSandboxConfig(url: string): string {
  return `# kakao-sync configuration of a sandbox: simulated Kakao users and made-up members, nobody real.
environment: rehearsal

database:
  url: sqlite:./members.db
  timeZone: Asia/Seoul

members:
  table: members
  id: id
  ci: ci
  phone: phone
  email: email
  name: name
  birthdate: birthdate
  phoneVerifiedAt: phone_verified_at
  emailVerifiedAt: email_verified_at
  lastLoginAt: last_login_at
  where: "status = 'active'"
  withdrawn: "status = 'left'"
  blocked: "status = 'blocked'"
  protected: "role <> 'customer'"   # staff: never linked by phone or e-mail
  also:
    - table: members_dormant
      id: id
      ci: ci
      phone: phone
      email: email
      name: name
      birthdate: birthdate
      phoneVerifiedAt: phone_verified_at
      emailVerifiedAt: email_verified_at
      kakaoId: kakao_id

link:
  column: kakao_id

alsoLinkedIn:   # the shop's second brand uses the same Kakao app
  - name: partner
    url: sqlite:./members.db
    link: { table: partner_accounts, kakaoId: kakao_id }

kakao:
  appId: ${sandboxAppId}
  adminKey: \${${adminKeyVariable}}   # in .env beside this file
  baseUrl: ${url}
  app: { fixedIds: true, autoLink: true }

${channelSection}
limits:
  requestsPerSecond: 100   # the real Kakao: leave the default of 10
  listingPerMinute: 100
`;
}

/** The same configuration, edited or not, for a sandbox at another port. */
export function moveConfig(config: string, url: string): string {
  return config.replace(/http:\/\/127\.0\.0\.1:\d+/g, url);
}

export function renderEnvFile(adminKey: string): string {
  return `# The admin key of the simulated Kakao; good for nothing else.\n${adminKeyVariable}=${adminKey}\n`;
}

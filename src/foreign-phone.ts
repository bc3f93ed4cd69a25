import type { ForeignPhone } from "./core/keys.ts";

/**
 * The check of foreign mobile numbers (product.md section 5), the one door of libphonenumber-js. Loaded when asked for, since its tables
 * take longer to load than `--help` may. The mobile tables: a switchboard or a toll-free number is nobody's own.
 */
export async function loadForeignPhone(): Promise<ForeignPhone> {
  const { parsePhoneNumberFromString } = await import("libphonenumber-js/mobile");
  return (text) => {
    const phone = parsePhoneNumberFromString(text, { extract: false });
    if (phone === undefined || !phone.isValid() || phone.isNonGeographic()) return null;
    return phone.countryCallingCode === "82" ? null : phone.number;
  };
}

/**
 * How personal data may be shown (product.md section 10): enough to recognise what one knows already, too little to learn it.
 * A CI is never shown, so that there is no function for it. Callers handle missing values; what cannot be read is all stars.
 */

/** `010-****-1234`; a foreign number keeps `+`, its first two and last two digits. */
export function maskPhone(phone: string): string {
  const digits = phone.normalize("NFKC").replace(/\D/g, "");
  const domestic = digits.replace(/^(00)?820?(?=1)/, "0").replace(/^10(?=\d{8}$)/, "010");
  if (/^01\d{8,9}$/.test(domestic)) {
    const middle = "*".repeat(domestic.length - 7);
    return `${domestic.slice(0, 3)}-${middle}-${domestic.slice(-4)}`;
  }
  if (!phone.trimStart().startsWith("+") || digits.length < 8) return "****";
  return `+${digits.slice(0, 2)}${"*".repeat(digits.length - 4)}${digits.slice(-2)}`;
}

/** `m***@e***.com`: the first letter of name and domain, and what follows the domain's last dot. */
export function maskEmail(email: string): string {
  const [, local = "", domain = "", end = ""] = /^(.+)@([^@]+)\.([^@.]+)$/su.exec(email.trim()) ?? [];
  if (local === "" || !/^[\p{L}\p{N}-]+$/u.test(end)) return "***";
  return `${firstLetter(local)}***@${firstLetter(domain)}***.${end}`;
}

/** A part of one letter shows nothing, or it would be shown whole. */
function firstLetter(part: string): string {
  const letters = [...part];
  return letters.length > 1 ? (/[\p{L}\p{N}]/u.exec(letters[0] ?? "")?.[0] ?? "") : "";
}

/** `김*아`, `남**아`, `김*` of two letters, `*` of one; each word of a name with blanks by itself. */
export function maskName(name: string): string {
  const words = name.normalize("NFKC").replace(/[\p{C}]/gu, "").split(/\s+/u).filter((word) => word !== "");
  return words.map(maskWord).join(" ");
}

function maskWord(word: string): string {
  const letters = [...word];
  const [first = "", last = ""] = [letters[0], letters.at(-1)];
  if (letters.length < 2) return "*";
  return letters.length === 2 ? `${first}*` : `${first}${"*".repeat(letters.length - 2)}${last}`;
}

/** `1991****`, of `YYYYMMDD` with or without separators. */
export function maskBirthdate(birthdate: string): string {
  const year = /^(\d{4})\D?\d{2}\D?\d{2}/.exec(birthdate.trim())?.[1];
  return `${year ?? "****"}****`;
}
